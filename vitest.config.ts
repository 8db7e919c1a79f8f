import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Sibling packages are read from their source; only processes that a test starts need the build.
const conditions = ['@lalia/source', 'module', 'node', 'development|production'];
const externalConditions = ['@lalia/source', 'node', 'module-sync'];

/** A daemon inside a test's process starts the journal's thread from the file that journal-worker.ts has bundled. */
const bundledWorker = {
  name: 'bundled-journal-worker',
  enforce: 'pre',
  resolveId: (source: string, importer: string | undefined) =>
    source === './worker-file.ts' && importer?.endsWith('/journal/worker-thread.ts') === true
      ? fileURLToPath(new URL('tooling/vitest/bundled-worker-file.ts', import.meta.url))
      : undefined,
} as const;

export default defineConfig({
  plugins: [bundledWorker],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  test: {
    // A process per file: real signals, real exit codes, and nothing shared between files.
    pool: 'forks',
    maxWorkers: 2,
    // Tests wait for events, never for time: these limits only end a test that hangs, on the slowest machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // In this order: esbuild's process, which ends with vitest's, is none of those that tests leave behind.
    globalSetup: ['tooling/vitest/journal-worker.ts', 'tooling/vitest/own-home.ts'],
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{packages,apps}/*/src/**/*.test.ts',
            '{packages,apps}/*/test/**/*.test.ts',
            'tooling/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          globalSetup: ['tooling/vitest/require-build.ts'],
        },
      },
    ],
  },
});
