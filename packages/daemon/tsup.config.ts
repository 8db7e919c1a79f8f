import { bundle } from '../../tooling/bundle.ts';

// A file for each thread and what they share, with all but the native driver and isomorphic-git inside: unused schemas, locales
// and the portable signing are shaken out, which an idle daemon saves in memory and in time to start.
export default {
  ...bundle({
    entry: { main: 'src/main.ts', 'journal/worker': '../store/src/journal/worker.ts' },
    inline: [/^@lalia\//, 'fastest-levenshtein', 'ignore', 'ulid', 'zod'],
  }),
};
