/**
 * Runs git, as child processes of the daemon, and is the only file that does.
 *
 * A child outlives a daemon that is killed, and the next daemon must not work on a repository beside it. So every child, and
 * whatever it starts, holds the write end of one FIFO in the home; a daemon that starts reads from it, and the kernel
 * says by its end that the last of them is gone. There is nothing to go stale, and no process id that could be used again.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fail, type LaliaError } from '@lalia/protocol';
import { endGroup } from './end-group.ts';

/** What git may print: far more than the names of all files of a large repository; what is longer is refused, not cut off. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** A filter of a repository that never ends would keep everybody else's work on that repository waiting for ever. */
const TIMEOUT_MS = 15 * 60 * 1000;
/** Of what git says to people, the end is kept: its last words say why. */
const KEPT_STDERR_BYTES = 64 * 1024;

export interface GitOptions {
  /** The environment of the daemon; of it, git sees nothing that begins with `GIT_`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file mode creation mask of the person, not the daemon's own, for what git writes. */
  readonly umask: number;
  /** Where the FIFO is made: a private folder that is there, the home. */
  readonly folder: string;
  /** How long one command may take, in milliseconds; default: a quarter of an hour, for filters that load large files from elsewhere. */
  readonly timeoutMs?: number | undefined;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how one command runs. */
export interface GitPlace {
  /** The working directory, which is there. */
  readonly cwd: string;
  /** Written to its standard input. */
  readonly input?: string;
  /** Another index than the worktree's own. */
  readonly indexFile?: string;
}

/** Holds for every call: nothing of a repository's configuration may hold up the daemon or leave a process behind. */
const ALWAYS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'safe.bareRepository=all',
].flatMap((setting) => ['-c', setting]);

export class Git {
  readonly #options: GitOptions;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #alive: Promise<FileHandle> | undefined;

  constructor(options: GitOptions) {
    this.#options = options;
    this.#environment = cleanEnvironment(options.env);
  }

  /** The file mode creation mask of the person. */
  get umask(): number {
    return this.#options.umask;
  }

  /**
   * Runs git and gives what it printed.
   * @throws LaliaError `git_missing`; `git_failed` with git's last words; `daemon_stopping`.
   */
  async run(place: GitPlace, ...args: readonly string[]): Promise<string> {
    const result = await this.attempt(place, ...args);
    if (result.code !== 0) throw gitFailed(args, result);
    return result.stdout;
  }

  /** Runs git, and leaves it to the caller what its exit code means. @throws LaliaError `git_missing`, `daemon_stopping`. */
  async attempt(place: GitPlace, ...args: readonly string[]): Promise<GitResult> {
    const running = this.#attempt(place, args);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Ends all children, as a crash would: what they were doing is finished by the next daemon. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
    const alive = await this.#alive?.catch(() => undefined);
    await alive?.close();
    this.#alive = undefined;
  }

  async #attempt(place: GitPlace, args: readonly string[]): Promise<GitResult> {
    const { signal } = this.#stopping;
    const program = this.#program();
    const { fd } = await this.#hold();
    throwIfStopping(signal);
    const env =
      place.indexFile === undefined
        ? this.#environment
        : { ...this.#environment, GIT_INDEX_FILE: place.indexFile };
    const umask = this.#options.umask.toString(8).padStart(4, '0');
    const child = spawn('/bin/sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', program, ...ALWAYS, ...args], {
      cwd: place.cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe', fd],
      // A group of its own, so that what git started (filters, checkout workers) can be ended with it.
      detached: true,
    });
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const result = await finished(child, place.input ?? '', { signal, timeoutMs, command: commandOf(args) });
    if (/^xcrun: error|^xcode-select: /m.test(result.stderr)) throw gitMissing();
    return result;
  }

  /** Held once; what kept it from being made may be over by the next call. */
  async #hold(): Promise<FileHandle> {
    this.#alive ??= holdFifo(join(this.#options.folder, 'git.alive'), this.#stopping.signal);
    try {
      return await this.#alive;
    } catch (error) {
      this.#alive = undefined;
      throw error;
    }
  }

  #program(): string {
    for (const folder of (this.#environment['PATH'] ?? '').split(delimiter)) {
      const candidate = join(folder, 'git');
      if (folder.startsWith('/') && isProgram(candidate)) return candidate;
    }
    throw gitMissing();
  }
}

function cleanEnvironment(env: GitOptions['env']): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(GIT_|LC_|LANG|LALIA_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

interface Bounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Git's own name of the command. */
  readonly command: string;
}

async function finished(
  child: ChildProcess,
  input: string,
  { signal, timeoutMs, command }: Bounds,
): Promise<GitResult> {
  const stop = (): void => {
    endGroup(child);
  };
  const late = AbortSignal.timeout(timeoutMs);
  const ends = AbortSignal.any([signal, late]);
  ends.addEventListener('abort', stop, { once: true });
  try {
    const result = await outputOf(child, input);
    throwIfStopping(signal);
    if (late.aborted) throw tooLate(command, timeoutMs);
    return result;
  } finally {
    ends.removeEventListener('abort', stop);
  }
}

function tooLate(command: string, timeoutMs: number): LaliaError {
  const seconds = String(Math.ceil(timeoutMs / 1000));
  return fail('git_failed', `git ${command} did not end within ${seconds} s, and was ended.`, {
    context: { timeout_ms: timeoutMs },
    hint: 'Look for a filter in .gitattributes that waits for something. LALIA_GIT_TIMEOUT_MS, for the daemon, gives git more time.',
  });
}

function outputOf(child: ChildProcess, input: string): Promise<GitResult> {
  const out: Buffer[] = [];
  let outBytes = 0;
  let err = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    outBytes += chunk.length;
    if (outBytes > MAX_OUTPUT_BYTES) endGroup(child);
    else out.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err = Buffer.concat([err, chunk]).subarray(-KEPT_STDERR_BYTES);
  });
  // A git that fails early does not read its input, and says itself why.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(fail('git_failed', `git could not be started: ${cause.message}.`, { cause }));
    });
    child.once('close', (code, killed) => {
      if (outBytes > MAX_OUTPUT_BYTES) {
        reject(fail('git_failed', 'git printed more than Lalia can take.'));
        return;
      }
      const words = err.toString('utf8');
      const stderr = killed === null ? words : `${words}\ngit was ended by ${killed}`;
      resolve({ code: code ?? 128, stdout: Buffer.concat(out).toString('utf8'), stderr });
    });
  });
}

/** Waits until no child of a former daemon is left, then holds the FIFO open for the children of this one. */
async function holdFifo(path: string, signal: AbortSignal): Promise<FileHandle> {
  await promisify(execFile)('/bin/sh', ['-c', 'test -p "$1" || mkfifo -m 600 "$1"', 'sh', path]);
  await lastWriterGone(path, signal);
  // Both ends, because opening a FIFO for writing alone needs a reader.
  return open(path, constants.O_RDWR);
}

async function lastWriterGone(path: string, signal: AbortSignal): Promise<void> {
  throwIfStopping(signal);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (hasNoWriter(fd)) {
    closeSync(fd);
    return;
  }
  const reader = new Socket({ fd, readable: true, writable: false });
  const stop = (): void => {
    reader.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  await new Promise<void>((resolve) => {
    reader.once('close', () => {
      resolve();
    });
    reader.once('error', stop);
    reader.resume();
  });
  signal.removeEventListener('abort', stop);
  throwIfStopping(signal);
}

/** The kernel announces the end of a FIFO only to who was there while it had a writer; without one a read says so at once. */
function hasNoWriter(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  }
}

function throwIfStopping(signal: AbortSignal): void {
  if (signal.aborted) throw fail('daemon_stopping', 'The daemon is stopping.');
}

function gitMissing(): LaliaError {
  return fail('git_missing', 'There is no git on the PATH of the daemon.');
}

function gitFailed(args: readonly string[], result: GitResult): LaliaError {
  return fail('git_failed', `git ${commandOf(args)} failed: ${lastWords(result)}`, {
    context: { exit_code: result.code },
  });
}

function commandOf(args: readonly string[]): string {
  return args.find((arg) => /^[a-z]/.test(arg) && !arg.includes('=')) ?? '';
}

/** The lines with which git says why it ends, as one; without them, whatever it said last. */
export function lastWords({ stderr, code }: GitResult): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint: '));
  const reasons = lines.filter((line) => /^(fatal|error|git was ended)\b/.test(line));
  const words = (reasons.length > 0 ? reasons.slice(-3) : lines.slice(-1)).join('; ');
  return words === '' ? `it ended with exit code ${String(code)}.` : words.slice(-1000);
}
