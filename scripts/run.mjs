// The one entry of `npm start`, `npm test` and the other npm scripts. It runs under any Node from 18 on and needs nothing
// installed: it brings what is missing, installs and builds what changed, and then runs the task under a good Node.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { bringNode, bringPnpm, environment, root } from './toolbox.mjs';

// What each task needs to be there, and what it then starts: a script of ours under the good Node, or a program.
const tasks = {
  demo: { needs: 'build', command: ['node', 'scripts/demo.mjs'] },
  ci: { needs: 'install', command: ['node', 'scripts/ci.mjs'] },
  harness: { needs: 'build', command: ['vitest', 'run', '--config', 'test-harness/vitest.config.ts'] },
  mcp: { needs: 'build', command: ['vitest', 'run', '--config', 'test-harness/vitest.config.ts', 'mcp'] },
  check: { needs: 'install', command: ['node', 'scripts/ci.mjs', '--checks'] },
  fix: { needs: 'install', command: ['node', 'scripts/fix.mjs'] },
  build: { needs: 'build', command: [] },
  pack: { needs: 'build', command: ['node', 'scripts/pack.mjs'] },
  link: { needs: 'build', command: ['node', 'scripts/link.mjs'] },
  unlink: { needs: 'node', command: ['node', 'scripts/unlink.mjs'] },
  tool: { needs: 'install', command: [] },
  pnpm: { needs: 'pnpm', command: ['pnpm'] },
};

await main(process.argv[2], process.argv.slice(3));

async function main(name, args) {
  const { needs, command } = tasks[name];
  try {
    const env = prepare(needs);
    const [program, ...rest] = [...command, ...args];
    if (program) await finished(program, rest, env);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    // Who reads the output of the tests reads its last line, whatever happened.
    if (name === 'ci') process.stdout.write('0 passed, 1 failed\n');
    process.exitCode = 1;
  }
}

/** Each level includes the ones before it: node, pnpm, install, build. */
function prepare(needs) {
  const env = environment(bringNode());
  if (needs === 'node') return env;
  bringPnpm();
  if (needs === 'pnpm') return env;
  install(env);
  if (needs === 'build') build(env);
  return env;
}

/** Builds the packages that changed; turbo knows which, and answers in a fraction of a second when none did. */
function build(env) {
  if (!existsSync(join(root, 'apps/cli/dist'))) process.stderr.write('Building …\n');
  const { status, stdout, stderr, error } = spawnSync(
    'turbo',
    ['run', 'build', '--output-logs=errors-only'],
    { cwd: root, env, encoding: 'utf8' },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`${stdout}${stderr}\nThe build failed.`);
}

/** Runs a program to its end with our own terminal; a failing one ends this process with its exit code. */
async function finished(program, args, env) {
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' });
  // The terminal sends Ctrl-C to both of us; the child decides what it means.
  const wait = () => undefined;
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  process.removeListener('SIGINT', wait);
  process.removeListener('SIGTERM', forward);
  if (signal) process.kill(process.pid, signal);
  if (code !== 0) process.exit(code ?? 1);
}
