// Tests of the whole system start real processes, and those run from what was built.

import { existsSync } from 'node:fs';

const needed = [
  'packages/daemon/dist/main.cjs',
  'packages/store/dist/index.js',
  'packages/store/dist/journal/worker.js',
  'apps/cli/dist/oclif.cjs',
];

export default function requireBuild() {
  const missing = needed.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)));
  if (missing.length > 0)
    throw new Error(
      `These tests start real processes and need the build: run \`npm run build\`. Missing: ${missing.join(', ')}`,
    );
}
