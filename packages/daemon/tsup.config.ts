import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, quick } from '../../tooling/bundle.ts';

// Its ES module, which Node itself would not choose: what nobody uses of it can be left out.
const isomorphicGit = join(dirname(fileURLToPath(import.meta.resolve('isomorphic-git'))), 'index.js');

// A file for each thread, with all but the native driver inside: unused schemas, locales, the portable signing and most of
// isomorphic-git are shaken out, which an idle daemon saves in memory and in time to start.
export default {
  ...bundle({
    entry: { main: 'src/main.ts', 'journal/worker': '../store/src/journal/worker.ts' },
    inline: [/^@lalia\//, 'fastest-levenshtein', 'ignore', 'isomorphic-git', 'ulid', 'zod'],
    plugins: [
      {
        name: 'isomorphic-git',
        setup: ({ onResolve }: Resolver) => {
          onResolve({ filter: /^isomorphic-git$/ }, () => ({ path: isomorphicGit, sideEffects: false }));
        },
      },
    ],
  }),
  ...quick,
};

interface Resolver {
  readonly onResolve: (
    options: { readonly filter: RegExp },
    resolve: () => { readonly path: string; readonly sideEffects: boolean },
  ) => void;
}
