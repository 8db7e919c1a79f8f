/**
 * Whether a process that was seen before still runs (spec 5, the anchor). A pid alone will not do, because it is used again;
 * with its start time it names one process. The start time is the text that clients register: field 22 of
 * /proc/<pid>/stat on Linux; elsewhere what `ps -o lstart=` prints in the C locale and in UTC, whatever those of the caller are.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessRef } from '@lalia/protocol';

/** How long an answer is good for: presence is shown to people, and checked for each message sent. */
const FRESH_MS = 1000;
const MAX_CACHED = 1024;

export class ProcessLiveness {
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, { readonly isAlive: boolean; readonly untilMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Whether this very process still runs. */
  isAlive(process: ProcessRef): boolean {
    const known = this.#seen.get(keyOf(process));
    if (known !== undefined && this.#nowMs() < known.untilMs) return known.isAlive;
    return this.isAliveNow(process);
  }

  /** The same, looked up at this moment: somebody is to be refused for it. */
  isAliveNow(process: ProcessRef): boolean {
    const isAlive = startOf(process.pid) === process.started;
    if (this.#seen.size >= MAX_CACHED) this.#seen.clear();
    this.#seen.set(keyOf(process), { isAlive, untilMs: this.#nowMs() + FRESH_MS });
    return isAlive;
  }
}

function keyOf({ pid, started }: ProcessRef): string {
  return `${String(pid)} ${started}`;
}

function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  } catch {
    // No such process.
    return undefined;
  }
  // The command, field 2, is in parentheses and may contain anything; the rest is counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}

function startFromPs(pid: number): string | undefined {
  try {
    const text = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || undefined;
  } catch {
    // ps ends with 1 when there is no such process.
    return undefined;
  }
}
