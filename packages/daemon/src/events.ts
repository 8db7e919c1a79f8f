/** The daemon's log: one JSON line for each event, with neither bodies nor keys in it. */
import { appendFileSync, renameSync, statSync } from 'node:fs';

/** What is worth a line: the daemon's life, and whatever went wrong. Nothing is logged for a message that arrives. */
export type Log = (event: string, fields?: object) => void;

const MAX_LOG_BYTES = 4 * 1024 * 1024;

/**
 * Opens the log. A file that has grown too large is kept once, as `<path>.1`.
 * @param path where the lines go.
 */
export function openLog(path: string, nowMs: () => number): Log {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
  return (event, fields = {}) => {
    const line = JSON.stringify(
      { at: new Date(nowMs()).toISOString(), pid: process.pid, event, ...fields },
      errorsAsText,
    );
    try {
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      // The log is the last resort; where it cannot be written, the terminal or the client's end of stderr may still be read.
      process.stderr.write(`${line} (not logged: ${String(error)})\n`);
    }
  };
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
