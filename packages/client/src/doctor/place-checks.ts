/** This process's own place: its Node.js, the `lalia` that others will call, and the sandbox it may be in. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Check, compareVersions, fails, passes, VERSION, warns } from '@lalia/protocol';
import type { Place } from '../connect.ts';
import type { Environment } from '../environment.ts';
import { type DirectWay, directWay } from '../sandbox.ts';
import { runProgram } from '../spawn.ts';
import type { Reached } from './reach.ts';

const VERSION_TIMEOUT_MS = 20_000;

/** One that is too old does not come as far as this. */
export function checkNodeVersion(reached: Reached): Check {
  const own = process.versions.node;
  const theirs = reached.kind === 'answers' ? (reached.status?.node ?? own) : own;
  return passes('node', theirs === own ? `Node.js ${own}.` : `Node.js ${own}; the daemon runs on ${theirs}.`);
}

/** Agents and hooks call `lalia` by its name. */
export async function checkInstallation(env: Environment): Promise<Check> {
  const name = 'installation';
  const program = findProgram('lalia', env);
  if (program === undefined)
    return warns(
      name,
      'There is no `lalia` on the PATH, and agents call it by that name.',
      'npm install -g @lalia/cli',
    );
  const answer = await runProgram([program, '--version'], { env, timeoutMs: VERSION_TIMEOUT_MS });
  const version = /^lalia (\S+)$/m.exec(answer?.stdout ?? '')?.[1];
  if (version === undefined)
    return fails(name, `${program} is not this program, or does not run.`, 'npm install -g @lalia/cli');
  if (compareVersions(version, VERSION) !== 0)
    return warns(
      name,
      `${program} is version ${version}, this is ${VERSION}.`,
      'npm install -g @lalia/cli@latest',
    );
  return passes(name, `${program}, version ${version}.`);
}

/** Whether something keeps this process from the daemon, and what opens the way. */
export function checkSandbox(reached: Reached, { env, paths }: Place): Check {
  const name = 'sandbox';
  const way = directWay(env, paths);
  const isRefused = reached.kind === 'refused';
  const isBySpool = reached.kind === 'answers' && reached.via === 'spool';
  if (!isRefused && !isBySpool)
    return passes(
      name,
      way === undefined ? 'None is in the way.' : `This runs in ${way.harness}, and nothing is in the way.`,
    );
  const whose = way === undefined ? 'A sandbox or a permission' : `The sandbox of ${way.harness}`;
  if (isBySpool)
    return warns(name, `${whose} refuses the socket; everything goes through the spool.`, commandOf(way));
  return fails(name, `${whose} refuses the socket, and the spool does not help.`, commandOf(way));
}

/** What opens the sandbox, to be pasted; where it is a setting, as a comment. */
function commandOf(way: DirectWay | undefined): string | null {
  if (way === undefined) return null;
  if (way.file === null) return `# ${way.rule}`;
  return way.file.endsWith('.rules') ? `echo '${way.rule}' >> ${way.file}` : `# in ${way.file}: ${way.rule}`;
}

function findProgram(name: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
