import { rmSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { thirdPartyNotices } from './third-party.ts';

/** The bundle of one package: its dependencies stay imports, unless `inline` names them. */
export function bundle({
  entry,
  inline = [],
  plugins = [],
}: {
  entry: string[] | Record<string, string>;
  inline?: (string | RegExp)[];
  plugins?: NonNullable<Options['esbuildPlugins']>;
}) {
  // Emptied here and not by tsup's `clean`: a package may have two bundles, which tsup writes side by side.
  rmSync('dist', { recursive: true, force: true });
  return defineConfig({
    entry,
    noExternal: inline,
    format: 'esm',
    ...forNode,
    esbuildPlugins: [...plugins, thirdPartyNotices],
  });
}

/**
 * For a program whose start counts: one file, without a round through the loader for each module. CommonJS, for speed alone:
 * importing a built-in module evaluates its lazy parts too (the promises of node:fs, the web face of node:crypto).
 */
export const quick = {
  splitting: false,
  format: 'cjs',
  // import.meta.url, by which files beside the program are found.
  shims: true,
  // Several bundles of one package are built at once.
  clean: false,
  // Each start reads and hashes the whole file, for the compile cache. Names stay, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
} as const;

/** What every bundle of ours has in common. */
export const forNode = {
  target: 'node22',
  platform: 'node',
  // tsc emits the declarations: TypeScript 7 has no JavaScript API that tsup could use.
  dts: false,
  removeNodeProtocol: false,
  silent: true,
  esbuildOptions: (options) => {
    // Siblings are read from their source.
    options.conditions = ['@lalia/source'];
    // One character beyond Latin-1 makes V8 hold a whole program in two bytes a character.
    options.charset = 'ascii';
  },
} as const satisfies Options;
