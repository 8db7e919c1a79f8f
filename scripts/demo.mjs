// The main job, on real processes: two agents in two git worktrees of a throw-away repository talk, ask, use a room; then the
// transcript is read with git and proved. Everything is in a temporary folder that is gone at the end.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './toolbox.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lalia-demo-'));
const workspace = join(folder, 'transcript');
const cli = join(root, 'apps', 'cli', 'bin', 'lalia.js');

// Nothing of the person's own session: the two agents are found by their worktrees, as in two terminals.
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  LALIA_HOME: join(folder, 'home'),
  LALIA_WORKSPACE: workspace,
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap(person)),
};

const claude = { name: 'claude', harness: 'claude-code', cwd: join(folder, 'shop') };
const codex = { name: 'codex', harness: 'codex', cwd: join(folder, 'wt', 'search') };

try {
  await story();
} finally {
  await run(['node', cli, 'stop'], { cwd: folder });
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function story() {
  title('A repository with two worktrees, an agent in each');
  mkdirSync(claude.cwd, { recursive: true });
  await git(claude.cwd, 'init', '-q', '-b', 'main');
  await git(claude.cwd, 'commit', '-q', '--allow-empty', '-m', 'The shop opens');
  await git(claude.cwd, 'worktree', 'add', '-q', '-b', 'search', codex.cwd);
  await lalia(claude, 'register', '--name', 'claude');
  await lalia(codex, 'register', '--name', 'codex');
  await lalia(claude, 'agents');

  title('A message waits until its reader comes');
  await lalia(claude, 'tell', 'codex', 'The search API is on branch main; /search?q= returns ids only.');
  await lalia(codex, 'read-any');

  title('A question waits for its answer');
  const question = ['ask', 'codex', 'May I rename /search to /find?', '--timeout', '60'];
  const asking = start(claude, ...question);
  print(`${prompt(claude, question)}     (waits)`);
  await lalia(codex, 'read-any', '--timeout', '60');
  await lalia(codex, 'reply', 'Yes; my branch only calls client.find().');
  print('claude   (the answer arrives)');
  await showOutput(asking);

  title('A room, for more than two');
  await lalia(claude, 'room', 'create', 'search-api', '--desc', 'Who changes what in the search API');
  await lalia(codex, 'join', 'search-api');
  await lalia(claude, 'post', 'search-api', 'Renamed. Please merge main before you push.');
  await lalia(codex, 'read', 'search-api');
  await lalia(claude, 'receipts', 'search-api');

  title('The transcript is a git repository, and proves itself');
  // A stop flushes the transcript, so all of it is there to be read.
  await run(['node', cli, 'stop'], { cwd: folder });
  print(`$ git -C ${shown(workspace)} log --oneline peers/ rooms/`);
  print(await git(workspace, 'log', '--oneline', 'peers/', 'rooms/'));
  await lalia(claude, 'verify');

  title('That was all real: processes, sockets, signatures, git');
  print('Put `lalia` on your PATH:   npm run link');
  print('Then, in each terminal:     lalia register --name NAME');
  print('The first five minutes:     docs/guide/first-five-minutes.md');
}

/** Runs a command as one of the agents, and shows it as its terminal would. */
async function lalia(agent, ...args) {
  print(prompt(agent, args));
  await showOutput(start(agent, ...args));
}

function start(agent, ...args) {
  return {
    args,
    done: run(['node', cli, ...args], { cwd: agent.cwd, env: { ...env, LALIA_HARNESS: agent.harness } }),
  };
}

function prompt(agent, args) {
  const words = args.map((word) => (/^[\w.:/@-]+$/.test(word) ? word : `"${word}"`));
  return `${agent.name} $ lalia ${words.join(' ')}`;
}

async function showOutput({ args, done }) {
  const { code, output } = await done;
  print(output.replaceAll(folder, shown(folder)));
  if (code !== 0) throw new Error(`lalia ${args[0]} ended with ${code}.`);
}

async function git(cwd, ...args) {
  const { code, output } = await run(['git', ...args], { cwd });
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}: ${output}`);
  return output;
}

/** Runs a program to its end, without a terminal: a command in ours would belong to whoever sits at it. */
async function run([program, ...args], { cwd, env: itsEnv = env }) {
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd,
    env: itsEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

function person(role) {
  return [
    [`GIT_${role}_NAME`, 'Demo'],
    [`GIT_${role}_EMAIL`, 'demo@example.invalid'],
  ];
}

function shown(path) {
  return path.replace(folder, '~');
}

function title(text) {
  print(`\n== ${text}\n`);
}

function print(text) {
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
