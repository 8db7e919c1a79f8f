// The one entry of `npm start`, `npm test` and the other npm scripts. It runs under any Node from 18 on and needs nothing
// installed: it brings what is missing, installs and builds what changed, and then runs the task under a good Node.

import { spawn, spawnSync } from 'node:child_process';
import { install } from './install.mjs';
import { bringNode, bringPnpm, environment, root } from './toolbox.mjs';

const tasks = {
  demo: { needs: 'build', run: (args) => ['scripts/demo.mjs', ...args] },
  ci: { needs: 'install', run: (args) => ['scripts/ci.mjs', ...args] },
  build: { needs: 'build', run: undefined },
  check: { needs: 'install', run: (args) => ['scripts/ci.mjs', '--checks', ...args] },
  fix: { needs: 'install', run: (args) => ['scripts/fix.mjs', ...args] },
  link: { needs: 'build', run: (args) => ['scripts/link.mjs', ...args] },
  unlink: { needs: 'nothing', run: (args) => ['scripts/unlink.mjs', ...args] },
  tool: { needs: 'install', run: (args) => ['scripts/tool.mjs', ...args] },
};

await main(process.argv[2], process.argv.slice(3));

async function main(name, args) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) return stop(`run.mjs: no task ${name}; there are ${Object.keys(tasks).join(', ')}`);
  try {
    const node = bringNode();
    const env = environment(node);
    if (task.needs !== 'nothing') {
      bringPnpm();
      install(env);
    }
    if (task.needs === 'build') build(env);
    if (task.run) await finished(node, task.run(args), env);
  } catch (error) {
    stop(error.message);
  }
}

/** Builds the packages that changed; turbo knows which, and answers in a fraction of a second when none did. */
function build(env) {
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

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
