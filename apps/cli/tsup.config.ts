import { join } from 'node:path';
import { bundle } from '../../tooling/bundle.ts';

// What our own packages are made of goes into the bundles; oclif stays an import, and only the full driver has it.
const inline = [/^@lalia\/(client|harness|keystore|mcp|protocol|spool)(\/|$)/, 'ulid'];

// What one command loads when it runs is in none of the quick ones.
const inlineQuick = [/^@lalia\/(client|harness(?!\/probe)|keystore|mcp|protocol|spool)(\/|$)/, 'ulid'];

const quick = {
  splitting: false,
  // CommonJS, for speed alone: importing a built-in module evaluates its lazy parts too (the promises of node:fs, the
  // web face of node:crypto). Loading this takes 11 ms of processor time more than bare Node; as an ES module, 21 ms.
  format: 'cjs',
  // import.meta.url, by which the daemon's program is found.
  shims: true,
  // All are built at once.
  clean: false,
} as const;

/** Of what a hook loads, only the path without mail has to be quick; see lazy-crypto.ts. */
const lazyCrypto = {
  name: 'lazy-crypto',
  setup: ({ onResolve }: Resolver) => {
    onResolve({ filter: /^node:crypto$/ }, () => ({
      path: join(import.meta.dirname, 'src/hook/lazy-crypto.ts'),
    }));
  },
};

interface Resolver {
  readonly onResolve: (
    options: { readonly filter: RegExp },
    resolve: () => { readonly path: string },
  ) => void;
}

// One file for each driver: every further one costs a round through the loader.
export default [
  {
    ...bundle({
      entry: {
        fast: 'src/fast.ts',
        complete: 'src/complete.ts',
        wake: 'src/wake/main.ts',
        listen: 'src/hook/listen.ts',
      },
      inline: inlineQuick,
    }),
    ...quick,
    // Completing runs no command, so it need not load what only one of them loads when it runs.
    external: [/plan-file\.ts$/, '@lalia/harness/probe'],
  },
  {
    ...bundle({ entry: { hook: 'src/hook/main.ts' }, inline }),
    ...quick,
    minify: true,
    esbuildPlugins: [lazyCrypto],
  },
  // Split where a command loads more than others do: the schemas are for publishing alone, the MCP server for `lalia mcp`.
  {
    ...bundle({ entry: ['src/oclif.ts'], inline: [...inline, 'zod', /^@modelcontextprotocol\//] }),
    splitting: true,
    clean: false,
  },
];
