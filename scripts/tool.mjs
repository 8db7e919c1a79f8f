// `npm run tool -- vitest run packages/store`: any tool of the workspace, under a good Node.

import { spawnSync } from 'node:child_process';

const [program = 'node', ...args] = process.argv.slice(2);
const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
if (error) process.stderr.write(`${error.message}\n`);
process.exitCode = status ?? 1;
