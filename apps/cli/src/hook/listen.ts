/**
 * `lalia hook <harness> wait` and `… monitor`: a process inside the harness that waits until its agent is to be woken. It starts no
 * daemon, gets over the end of one, and ends without a word with its session, with a newer one, and with the program that started it.
 */
import { writeSync } from 'node:fs';
import { type HookSession, isLaliaError, openHookSession, starterOf, type WakeNotice } from '@lalia/client';
import type { Hooks } from '@lalia/harness/hooks';
import { limits } from '@lalia/protocol';
import { print } from '../output.ts';

export interface Listening {
  readonly harness: string;
  readonly hooks: Hooks;
  /** The harness's own id of the conversation. */
  readonly session: string | null;
  readonly cwd: string;
  /** Whether it says each wake on a line of its own and goes on; else the first one ends it. */
  readonly goesOn: boolean;
}

/** How often it looks whether the harness is still there. */
const LOOK_EVERY_MS = 1000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** What Claude Code wakes its model for. */
const WAKES = 2;

/** @returns the exit code. @throws LaliaError for what nothing here can mend. */
export async function listen(listening: Listening): Promise<number> {
  endWithStarter();
  for (let needsDaemon = false, pauseMs = FIRST_PAUSE_MS; ; needsDaemon = true) {
    try {
      const found = await openHookSession({ ...listening, needsDaemon });
      if (found === undefined || !isOf(found, listening.harness)) return 0;
      pauseMs = FIRST_PAUSE_MS;
      return await hear(found, listening);
    } catch (error) {
      if (!isLaliaError(error)) throw error;
      if (OVER.has(error.reason)) return 0;
      if (!LOST.has(error.reason)) throw error;
    }
    await pause(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

/** Another one has taken its place, or there is nobody to wake any more. */
const OVER: ReadonlySet<string> = new Set(['cancelled', 'lease_expired', 'unregistered']);
/** The daemon has gone; there will be another. */
const LOST: ReadonlySet<string> = new Set(['connection_lost', 'daemon_stopping', 'daemon_unavailable']);

async function hear(found: HookSession, { hooks, goesOn }: Listening): Promise<number> {
  while (true) {
    const notice = await nextNotice(found);
    if (notice === undefined) continue;
    if (!goesOn && hooks.listener !== undefined) {
      writeSync(2, `${notice.text}\n`);
      return WAKES;
    }
    await print(`${notice.text.replaceAll('\n', ' ')}\n`);
    if (!goesOn) return 0;
  }
}

async function nextNotice(found: HookSession): Promise<WakeNotice | undefined> {
  try {
    return await found.awaitWake({ timeoutMs: limits.MAX_WAIT_MS, asLast: true });
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'timeout') return undefined;
    throw error;
  }
}

/** Other harnesses read the settings of this one, too, and a conversation of theirs would be held up. */
function isOf({ agent }: HookSession, harness: string): boolean {
  return agent.harness === null || agent.harness === harness;
}

/** A harness that is killed says nothing to what it has started, and a shell in between outlives it. */
function endWithStarter(): void {
  const parent = process.ppid;
  const starter = starterOf(process.pid);
  setInterval(() => {
    if (process.ppid !== parent || (starter !== null && !isAlive(starter))) process.exit(0);
  }, LOOK_EVERY_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
