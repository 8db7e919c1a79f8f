import { join } from 'node:path';
import { bundle, quick } from '../../tooling/bundle.ts';

// What our own packages are made of goes into the bundles; only the full driver has oclif, and what single commands need.
const inline = [/^@lalia\/(client|harness|keystore|mcp|protocol|spool)(\/|$)/, 'ulid'];

// What one command loads when it runs is in none of the quick ones.
const inlineQuick = [/^@lalia\/(client|harness(?!\/probe)|keystore|mcp|protocol|spool)(\/|$)/, 'ulid'];

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
    ...bundle({ entry: { hook: 'src/hook/main.ts' }, inline, plugins: [lazyCrypto] }),
    ...quick,
    minify: true,
  },
  // With the schemas, for publishing alone, and the MCP server, for `lalia mcp`: what a command does not use is not evaluated.
  {
    ...bundle({
      entry: ['src/oclif.ts'],
      inline: [...inline, 'jsonc-parser', 'yaml', 'zod', /^@modelcontextprotocol\//, /^@oclif\//],
    }),
    ...quick,
    // oclif would compile commands that are TypeScript, with a compiler that it finds beside them.
    external: ['typescript'],
    // The launcher has checked Node; oclif takes 10 ms for it.
    define: { 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' },
  },
];
