/** Whose code went into a bundle, and on what terms: their licences ask that the notice goes along with every copy. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Writes `<name>.licenses.txt` beside the bundle, where code of others is inside. */
export const thirdPartyNotices: Plugin = {
  name: 'third-party-notices',
  setup: (build) => {
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      for (const [output, { entryPoint, inputs }] of Object.entries(metafile?.outputs ?? {})) {
        if (entryPoint === undefined) continue;
        const used = Object.keys(inputs).filter((file) => (inputs[file]?.bytesInOutput ?? 0) > 0);
        const notices = noticesOf(used);
        if (notices === '') continue;
        mkdirSync(dirname(output), { recursive: true });
        writeFileSync(output.replace(/\.[cm]?js$/, '.licenses.txt'), notices);
      }
    });
  },
};

function noticesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageOf(resolve(file)) ?? []));
  return [...folders]
    .map(notice)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file came from; undefined for our own. */
function packageOf(file: string): string | undefined {
  const match = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file);
  return match?.[0];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = readdirSync(folder).find((each) => /^(licen[sc]e|copying)(\.\w+)?$/i.test(each));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
