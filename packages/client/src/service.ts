/** The daemon as a service of the person's session, for who wants it to be there before the first command: on request only. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import { fail, pathsOf } from '@lalia/protocol';
import { placeOf } from './connect.ts';
import type { Environment } from './environment.ts';
import { FRUGAL_ENV, FRUGAL_NODE } from './frugal.ts';
import { stopDaemon } from './lifecycle.ts';
import {
  DEFAULT_SERVICE,
  isOwnService,
  launchdLabel,
  type ServiceManager,
  type ServicePlan,
  serviceFileName,
  serviceText,
} from './service-unit.ts';

export interface ServiceOptions {
  /** Where home, workspace and programs are looked up; default: the process's environment. */
  readonly env?: Environment | undefined;
  /** Default: what this system has. */
  readonly manager?: ServiceManager | undefined;
}

/** The service of a home, as its file would be written now. */
export interface ServiceFile {
  readonly manager: ServiceManager;
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export interface ServiceStatus extends Omit<ServiceFile, 'text'> {
  readonly installed: boolean;
  /** Whether the file there is as `lalia` wrote it; null where there is none. */
  readonly own: boolean | null;
  /** Whether it is what would be written now: for this Node.js, this version, this home. */
  readonly current: boolean;
  /** The service's process; null while it does not run, or where that cannot be asked. */
  readonly pid: number | null;
}

/** The variables that a daemon looks at. */
const HANDED_ON = [
  ...['LALIA_HOME', 'LALIA_WORKSPACE', 'LALIA_SPOOL', 'LALIA_KEYSTORE', 'PATH'],
  ...Object.keys(FRUGAL_ENV),
];

/** What would be installed. @throws LaliaError `unavailable` where there is neither systemd nor launchd. */
export async function serviceFile(options: ServiceOptions = {}): Promise<ServiceFile> {
  const { env, paths } = placeOf(options);
  const manager = options.manager ?? managerOf(process.platform);
  const usual = pathsOf({ env: {}, homedir: homedir(), uid: process.getuid?.() ?? 0 }).home;
  const ending = createHash('sha256').update(paths.home).digest('hex').slice(0, 8);
  const name = paths.home === usual ? DEFAULT_SERVICE : `${DEFAULT_SERVICE}-${ending}`;
  const { daemonProgram } = await import('./spawn.ts');
  const given: Environment = {
    ...FRUGAL_ENV,
    ...env,
    LALIA_HOME: paths.home,
    LALIA_WORKSPACE: paths.workspace,
  };
  const plan: ServicePlan = {
    manager,
    name,
    command: [process.execPath, ...FRUGAL_NODE, daemonProgram(env), 'serve'],
    env: Object.fromEntries(HANDED_ON.flatMap((key) => (given[key] ? [[key, given[key]]] : []))),
    log: paths.log,
  };
  return {
    manager,
    name,
    path: join(folderOf(manager, env), serviceFileName(plan)),
    text: serviceText(plan),
  };
}

/**
 * Installs the service and starts it; a daemon that runs makes room for it. Again brings it up to date.
 * @throws LaliaError `path_in_use` for a file that somebody else wrote or changed; `unavailable` where the manager cannot be asked.
 */
export async function installService(options: ServiceOptions = {}): Promise<ServiceFile> {
  const file = await serviceFile(options);
  const { env, paths } = placeOf(options);
  const before = ownText(file);
  makePrivateFolder(paths.home);
  write(file.path, file.text);
  try {
    if (file.manager === 'systemd') await ask(env, 'systemctl', ['--user', 'daemon-reload']);
    else await ask(env, 'launchctl', ['bootout', target(file.name)]).catch(ignoreUnavailable);
    await stopDaemon({ env });
    if (file.manager === 'systemd')
      await ask(env, 'systemctl', ['--user', 'enable', '--now', `${file.name}.service`]);
    else await ask(env, 'launchctl', ['bootstrap', domain(), file.path]);
  } catch (error) {
    if (before === undefined) rmSync(file.path, { force: true });
    else write(file.path, before);
    throw error;
  }
  return file;
}

/** Takes the service away, and stops it. @returns false where there was none. @throws LaliaError as `installService`. */
export async function uninstallService(
  options: ServiceOptions = {},
): Promise<{ removed: boolean; path: string }> {
  const file = await serviceFile(options);
  const { env } = placeOf(options);
  if (ownText(file) === undefined) return { removed: false, path: file.path };
  if (file.manager === 'systemd')
    await ask(env, 'systemctl', ['--user', 'disable', '--now', `${file.name}.service`]);
  else await ask(env, 'launchctl', ['bootout', target(file.name)]).catch(ignoreUnavailable);
  rmSync(file.path);
  if (file.manager === 'systemd') await ask(env, 'systemctl', ['--user', 'daemon-reload']);
  return { removed: true, path: file.path };
}

/** Whether the service is installed, is what would be installed now, and runs. */
export async function serviceStatus(options: ServiceOptions = {}): Promise<ServiceStatus> {
  const { text, ...file } = await serviceFile(options);
  const { env } = placeOf(options);
  if (!existsSync(file.path)) return { ...file, installed: false, own: null, current: false, pid: null };
  const found = readFileSync(file.path, 'utf8');
  return {
    ...file,
    installed: true,
    own: isOwnService(found),
    current: found === text,
    pid: await pidOf(file, env),
  };
}

async function pidOf({ manager, name }: Omit<ServiceFile, 'text'>, env: Environment): Promise<number | null> {
  const answer =
    manager === 'systemd'
      ? await ask(env, 'systemctl', ['--user', 'show', '--property=MainPID', `${name}.service`]).catch(
          ignoreUnavailable,
        )
      : await ask(env, 'launchctl', ['print', target(name)]).catch(ignoreUnavailable);
  const pid = Number(/^\s*(?:MainPID=|pid = )(\d+)$/m.exec(answer ?? '')?.[1] ?? 0);
  return pid === 0 ? null : pid;
}

/** What is there already. @throws LaliaError `path_in_use` when it is not as we wrote it. */
function ownText({ path }: ServiceFile): string | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  if (isOwnService(text)) return text;
  throw fail('path_in_use', `${path} was not written by lalia, or was changed since.`, {
    context: { path },
    hint: 'Move it away, then call again; `lalia service install --print` shows what would be written.',
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

function managerOf(platform: NodeJS.Platform): ServiceManager {
  if (platform === 'linux') return 'systemd';
  if (platform === 'darwin') return 'launchd';
  throw fail('unavailable', `There is no service to be made on ${platform}.`);
}

function folderOf(manager: ServiceManager, env: Environment): string {
  if (manager === 'launchd') return join(homedir(), 'Library');
  return env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
}

function domain(): string {
  return `gui/${String(process.getuid?.() ?? 0)}`;
}

function target(name: string): string {
  return `${domain()}/${launchdLabel(name)}`;
}

/** Asks the manager. @throws LaliaError `unavailable` with what it said. */
async function ask(env: Environment, program: string, args: readonly string[]): Promise<string> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env: { ...env } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(notDone(`${program} ${args.join(' ')}`, { error, stderr }));
    });
  });
}

function notDone(line: string, { error, stderr }: { error: Error; stderr: string }): Error {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  const why = isMissing ? 'there is no such program' : stderr.trim().split('\n').at(-1) || error.message;
  return fail('unavailable', `\`${line}\` did not work: ${why}`, {
    cause: error,
    hint: '`lalia service install --print` shows the file, to be put where it belongs. Without a service the first command starts the daemon.',
  });
}

/** A service that is not loaded need not be unloaded, and one that cannot be asked after is not known to run. */
function ignoreUnavailable(): undefined {
  return undefined;
}
