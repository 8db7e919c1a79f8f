import { defineConfig, type Options } from 'tsup';

/** The bundle of one package: its dependencies stay imports, unless `inline` names them. */
export function bundle({ entry, inline = [] }: { entry: string[]; inline?: (string | RegExp)[] }) {
  return defineConfig({
    entry,
    noExternal: inline,
    format: 'esm',
    target: 'node22',
    platform: 'node',
    clean: true,
    // tsc emits the declarations: TypeScript 7 has no JavaScript API that tsup could use.
    dts: false,
    removeNodeProtocol: false,
    silent: true,
    esbuildOptions: readSiblingsFromSource,
  });
}

const readSiblingsFromSource: NonNullable<Options['esbuildOptions']> = (options) => {
  options.conditions = ['@lalia/source'];
};
