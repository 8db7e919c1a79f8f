/** The daemon's log as its file has it, whether or not a daemon runs; over its turning over, truncation and the next daemon. */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { systemClock } from './clock.ts';
import { placeOf } from './connect.ts';
import type { Environment } from './environment.ts';
import type { CallOptions } from './signed-caller.ts';

export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of the log. */
export interface LogEntry {
  /** When it was, in ISO 8601; null for what is no line of the daemon's own, as the last words of a crash. */
  readonly at: string | null;
  readonly level: LogLevel;
  readonly pid: number | null;
  /** What happened; `output` for what is no line of the daemon's own, which `text` has. */
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface LogOptions extends CallOptions {
  /** Where the home is looked up; default: the process's environment. */
  readonly env?: Environment | undefined;
  /** At most so many of what there is already. Default: all. */
  readonly last?: number | undefined;
  /** Only entries that are at least so bad. Default: all. */
  readonly level?: LogLevel | undefined;
  /** Goes on with what comes, for ever. */
  readonly follow?: boolean | undefined;
}

/** How often the file is looked at. */
const LOOK_MS = 200;

/**
 * The entries of the daemon's log, oldest first; none where there never was a daemon.
 * @throws the signal's reason when it aborts, while it follows.
 */
export async function* daemonLog({
  env,
  last,
  level = 'info',
  follow = false,
  signal,
}: LogOptions = {}): AsyncGenerator<LogEntry, undefined, undefined> {
  const { log } = placeOf({ env }).paths;
  const isWanted = (entry: LogEntry): boolean => LOG_LEVELS.indexOf(entry.level) >= LOG_LEVELS.indexOf(level);
  const tail = new Tail(log);
  try {
    const now = await tail.read();
    const before = await tail.linesBefore();
    const known = [...before, ...now].map(entryOf).filter(isWanted);
    yield* last === undefined ? known : known.slice(Math.max(0, known.length - last));
    while (follow) {
      await systemClock.sleep(LOOK_MS, signal);
      yield* (await tail.read()).map(entryOf).filter(isWanted);
    }
  } finally {
    await tail.close();
  }
  return undefined;
}

/** A file that grows, and that another one may take the place of. */
class Tail {
  readonly #path: string;
  #file: { readonly handle: FileHandle; readonly ino: number } | undefined;
  #offset = 0;
  #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that have come since the last call; of a new file those of the old one first. */
  async read(): Promise<string[]> {
    const lines = await this.#readOn();
    const place = await statOrNone(this.#path);
    if (place === undefined) return lines;
    if (place.ino === this.#file?.ino) {
      if (place.size >= this.#offset) return lines;
      this.#begin();
      return [...lines, ...(await this.#readOn())];
    }
    // Something may have come between the look at the file and its being replaced.
    lines.push(...(await this.#readOn()));
    await this.close();
    const handle = await openOrNone(this.#path);
    if (handle === undefined) return lines;
    this.#file = { handle, ino: (await handle.stat()).ino };
    this.#begin();
    return [...lines, ...(await this.#readOn())];
  }

  /** The lines of the file that the present one has taken the place of. */
  async linesBefore(): Promise<string[]> {
    const path = `${this.#path}.1`;
    const found = await statOrNone(path);
    if (found === undefined || found.ino === this.#file?.ino) return [];
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  #begin(): void {
    this.#offset = 0;
    this.#decoder = new StringDecoder('utf8');
    this.#rest = '';
  }

  async #readOn(): Promise<string[]> {
    if (this.#file === undefined) return [];
    const chunk = Buffer.alloc(64 * 1024);
    let text = this.#rest;
    while (true) {
      const { bytesRead } = await this.#file.handle.read(chunk, 0, chunk.length, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      text += this.#decoder.write(chunk.subarray(0, bytesRead));
    }
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}

function entryOf(line: string): LogEntry {
  const entry = parsed(line);
  const level = LOG_LEVELS.find((known) => known === entry?.['level']);
  // A daemon's last words when it dies, or the line of an older one.
  if (entry === undefined) return { at: null, level: 'error', pid: null, event: 'output', text: line };
  return { at: null, pid: null, event: 'output', ...entry, level: level ?? 'info' };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

async function statOrNone(path: string): Promise<{ ino: number; size: number } | undefined> {
  return stat(path).catch(noneWhereMissing);
}

async function openOrNone(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(noneWhereMissing);
}

function noneWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
