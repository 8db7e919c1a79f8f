/** The daemon's log: one JSON line for each event, with neither bodies nor keys in it. */
import { appendFileSync, renameSync, statSync } from 'node:fs';

/** What is worth a line: the daemon's life, and whatever went wrong. Nothing is logged for a message that arrives. */
export type Log = (event: string, fields?: object) => void;

export type LogLevel = 'info' | 'warn' | 'error';

/** The log is never longer than this, with the one before it kept as `<path>.1`. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** A line is cut to this; what is longer is an error that repeats somebody's input. */
const MAX_LINE_CHARACTERS = 16 * 1024;

/** A bug, or something lost. */
const ERRORS: ReadonlySet<string> = new Set([
  'internal_error',
  'stop_failed',
  'crashed',
  'daemon_key_lost',
  'bodies_missing',
]);

/** Something that did not work, and is tried again or told to whoever asked for it. */
const WARNINGS: ReadonlySet<string> = new Set([
  'background_failed',
  'branch_not_removed',
  'journal_failed',
  'task_not_guarded',
  'task_not_taken_back',
  'tasks_abandoned',
  'tasks_not_recovered',
]);

/**
 * Opens the log. A file that has grown too large is kept once, as `<path>.1`.
 * @param path where the lines go.
 */
export function openLog(path: string, nowMs: () => number): Log {
  return (event, fields = {}) => {
    const head = { at: new Date(nowMs()).toISOString(), level: levelOf(event), pid: process.pid, event };
    const line = bounded(head, JSON.stringify({ ...head, ...fields }, errorsAsText));
    try {
      turnOver(path);
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      // The log is the last resort; where it cannot be written, the terminal or the client's end of stderr may still be read.
      process.stderr.write(`${line} (not logged: ${String(error)})\n`);
    }
  };
}

/** How bad an event is. */
function levelOf(event: string): LogLevel {
  if (ERRORS.has(event)) return 'error';
  return WARNINGS.has(event) || /_(failed|lost)$/.test(event) ? 'warn' : 'info';
}

/** Looked at before each line, because what a process prints when it dies goes to the same file. */
function turnOver(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
}

function bounded(head: object, line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  return JSON.stringify({ ...head, cut: line.slice(0, MAX_LINE_CHARACTERS / 2) });
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
