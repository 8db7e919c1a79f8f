/** Real harnesses against scripted models: hundreds of megabytes, minutes, and no part of `npm test`. */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import whole from '../vitest.config.ts';

// As people's homes are, these are not below /tmp: Codex puts no helpers of its own there, and the sandbox of Gemini has another /tmp.
process.env['TMPDIR'] = '/var/tmp';

const { projects: _, ...test } = whole.test ?? {};

export default defineConfig({
  ...whole,
  root: join(import.meta.dirname, '..'),
  test: {
    ...test,
    include: ['test-harness/*.test.ts'],
    globalSetup: ['tooling/vitest/own-home.ts', 'tooling/vitest/require-build.ts'],
    // Each of them is a heavy program.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
