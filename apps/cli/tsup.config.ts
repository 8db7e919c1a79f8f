import { bundle } from '../../tooling/bundle.ts';

// What our own packages are made of goes into the bundles; oclif stays an import, and only the full driver has it.
const inline = [/^@lalia\/(client|harness|keystore|mcp|protocol|spool)(\/|$)/, 'ulid'];

// One file for each driver: every further one costs a round through the loader.
export default [
  {
    ...bundle({ entry: { fast: 'src/fast.ts', hook: 'src/hook/main.ts' }, inline }),
    splitting: false,
    // CommonJS, for speed alone: importing a built-in module evaluates its lazy parts too (the promises of node:fs, the
    // web face of node:crypto). Loading this takes 11 ms of processor time more than bare Node; as an ES module, 21 ms.
    format: 'cjs',
    // import.meta.url, by which the daemon's program is found.
    shims: true,
    // The two are built at once.
    clean: ['!oclif.js'],
  },
  // Split where a command loads more than others do: the schemas are for publishing alone, the MCP server for `lalia mcp`.
  {
    ...bundle({ entry: ['src/oclif.ts'], inline: [...inline, 'zod', /^@modelcontextprotocol\//] }),
    splitting: true,
    clean: false,
  },
];
