import { defineConfig } from 'vitest/config';

// Sibling packages are read from their source; only processes that a test starts need the build.
const conditions = ['@lalia/source', 'module', 'node', 'development|production'];
const externalConditions = ['@lalia/source', 'node', 'module-sync'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  test: {
    // A process per file: real signals, real exit codes, and nothing shared between files.
    pool: 'forks',
    // Threads that a test starts (the journal's worker) read the siblings from their source too; child processes do not inherit this.
    execArgv: ['--conditions=@lalia/source'],
    maxWorkers: 2,
    // Tests wait for events, never for time: these limits only end a test that hangs, on the slowest machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    globalSetup: ['tooling/vitest/own-home.ts'],
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
