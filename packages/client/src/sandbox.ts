/**
 * What the sandbox of a harness means for Lalia: how its user opens it, and whether a daemon may be started from inside.
 * Facts about the harnesses are from the project's harness notes (0.5, 1.7, 2.5).
 */
import { accessSync, constants, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fail, type LaliaError, type Paths } from '@lalia/protocol';
import type { Environment } from './environment.ts';
import { detectHarness, firstSet } from './harness.ts';

/** The one thing that lets commands of a harness reach the socket. */
export interface DirectWay {
  readonly harness: string;
  /** Where it has to be written; null where it is no file. */
  readonly file: string | null;
  /** What has to be written there, or done. */
  readonly rule: string;
  /** What else has to be heeded, as a sentence; empty where nothing has. */
  readonly remark: string;
}

/** What an agent needs all day; none of these starts another program. */
const CODEX_COMMANDS =
  '"tell", "ask", "reply", "read", "read-any", "peek", "post", "register", "whoami", "agents", "waiting", "task", "start"';

type Place = Pick<Paths, 'socket'>;
const DIRECT_WAYS: Readonly<Record<string, (place: Place, env: Environment) => Omit<DirectWay, 'harness'>>> =
  {
    codex: (_place, env) => ({
      file: `${env['CODEX_HOME'] || '~/.codex'}/rules/lalia.rules`,
      rule: `prefix_rule(pattern=["lalia", [${CODEX_COMMANDS}]], decision="allow")`,
      remark:
        'It holds for a command that is nothing but lalia: no pipe, no `cd … &&`, no $VARIABLE, text in quotes.',
    }),
    // Narrower than its `network.allowAllUnixSockets`, which opens the sockets of everything else as well.
    'claude-code': (_place, env) => ({
      file: `${env['CLAUDE_CONFIG_DIR'] || '~/.claude'}/settings.json`,
      rule: '{"sandbox": {"excludedCommands": ["lalia *"]}}',
      remark:
        'It holds for a command that is nothing but lalia: no pipe, no `cd … &&`, no redirection. `lalia hooks install claude-code --allow` writes it.',
    }),
    copilot: () => ({ file: null, rule: 'switch its sandbox off with `/sandbox`', remark: '' }),
    gemini: ({ socket }) => ({
      file: null,
      rule: `mount ${dirname(socket)} into its container, or run it without a sandbox`,
      remark: '',
    }),
  };

/**
 * How the sandbox around this command is opened for the socket.
 * @returns undefined where nothing is known about the harness, or it has no sandbox.
 */
export function directWay(env: Environment, paths: Place): DirectWay | undefined {
  const isCodex = firstSet(env, ['CODEX_SANDBOX_NETWORK_DISABLED', 'CODEX_SANDBOX']) !== null;
  const harness = isCodex ? 'codex' : detectHarness(env, () => [])?.id;
  const way = harness === undefined ? undefined : DIRECT_WAYS[harness];
  return harness === undefined || way === undefined ? undefined : { harness, ...way(paths, env) };
}

/** The same as a sentence, for a hint. */
export function directWayHint(env: Environment, paths: Place): string {
  const way = directWay(env, paths);
  if (way === undefined)
    return 'Let this command run outside the sandbox, or give it the right to use the socket.';
  const what = way.file === null ? way.rule : `put this into ${way.file}: ${way.rule}`;
  return `To open the sandbox of ${way.harness} for the socket, ${what}${way.remark === '' ? '' : `  ${way.remark}`}`;
}

/** Programs that make a process namespace for one command, and are its first process, by the name they were started with. */
const LAUNCHERS = new Set(['codex-linux-sandbox', 'bwrap', 'firejail']);

/** The system's account of processes, as far as it is looked at here. */
export interface ProcFiles {
  /** What `/proc/self` leads to. */
  self(): string;
  /** The command line of the first process, its words each with a NUL behind. */
  firstCommand(): string;
}

const systemFiles: ProcFiles = {
  self: () => readlinkSync('/proc/self'),
  firstCommand: () => readFileSync('/proc/1/cmdline', 'utf8'),
};

/**
 * The sandbox in whose process namespace this command runs, and that ends with it: the system kills whatever is left in a
 * namespace when its first process ends. A container is a namespace as well, but its first process is an init, a shell or a
 * service, and a daemon in it is right: so what counts is who the first process is.
 * @returns its name; undefined where a process that is started here can stay.
 */
export function passingNamespace(
  files: ProcFiles = systemFiles,
  pid: number = process.pid,
): string | undefined {
  try {
    const first = basename(files.firstCommand().split('\0', 1)[0] ?? '');
    if (LAUNCHERS.has(first)) return first;
    // A namespace that was not even given a /proc of its own: no container does that.
    return files.self() === String(pid) ? undefined : 'a sandbox';
  } catch {
    // No /proc, as on macOS, whose sandboxes have no namespaces.
    return undefined;
  }
}

/** Whether a daemon that is started here would stay, and could write. */
export function canStartDaemon({ home }: Paths): boolean {
  if (passingNamespace() !== undefined) return false;
  try {
    accessSync(home, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws LaliaError `daemon_unavailable` where a daemon that is started here would end with this command. */
export function checkNamespace({ home }: Paths): void {
  const launcher = passingNamespace();
  if (launcher === undefined) return;
  throw fail(
    'daemon_unavailable',
    `No daemon is running, and one that is started here would end with this command (process namespace of ${launcher}).`,
    {
      context: { home, namespace_of: launcher },
      hint: 'Run `lalia start` in a terminal outside of the sandbox.',
    },
  );
}

/** Where the socket was refused, and the spool did not help either. */
export function refusedError(
  { paths, env }: { readonly paths: Paths; readonly env: Environment },
  { cause, spool }: { readonly cause: unknown; readonly spool: string | undefined },
): LaliaError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const refused = `A sandbox or a permission refused the socket ${paths.socket} (${code})`;
  const [own] = paths.spools;
  const context = { socket: paths.socket, spool: own, code };
  const way = directWayHint(env, paths);
  if (spool === undefined) {
    return fail('daemon_unavailable', `${refused}, and no daemon serves the spool ${own}.`, {
      context,
      cause,
      hint: `Run \`lalia start\` in a terminal outside of the sandbox.  ${way}`,
    });
  }
  return fail('daemon_unavailable', `${refused}, and the spool ${own} cannot be written (${spool}).`, {
    context: { ...context, spool_code: spool },
    cause,
    hint: `${way}  Or allow it to write ${dirname(own)}.`,
  });
}
