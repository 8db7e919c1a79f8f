/**
 * `lalia hook <harness> listen [session]` and `lalia hook <harness> wait`: what runs beside a session until its agent is to be woken.
 * `listen`, of plugins, says each wake on a line of its own, for as long as the session lasts. `wait`, of hooks, ends with the first
 * one. They start no daemon, get over the end of one, and end without a word with their session, with a newer listener, and with the
 * program that started them.
 */
import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { type HookSession, isLaliaError, openHookSession, starterOf, type WakeNotice } from '@lalia/client';
import { HOOKS } from '@lalia/harness/hooks';
import { limits, pathsOf } from '@lalia/protocol';
import { environment } from '../environment.ts';
import { OutputLost, print } from '../output.ts';
import { firstText, isSubagent, readInput } from './input.ts';
import { noteProblem } from './problems.ts';

interface Listening {
  readonly harness: string;
  /** The harness's own id of the conversation. */
  readonly session: string | null;
  readonly cwd: string;
  /** Whether it goes on after a wake, and until somebody is there to be woken. */
  readonly goesOn: boolean;
}

/** How often it looks whether the harness is still there. */
const LOOK_EVERY_MS = 1000;
/** How long until it looks for a daemon again. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 20_000;
/** With this exit code a harness that runs hooks in the background wakes its model, and shows it what was said on standard error. */
const WAKES = 2;

/** Listens and ends the process. @param argv the words after `lalia hook`. */
export async function main([harness = '', word = '', session = '']: readonly string[]): Promise<never> {
  let code = 0;
  endWithStarter();
  try {
    const listening = word === 'listen' ? goingOn(harness, session) : await once(harness);
    if (listening !== undefined) code = await listen(listening);
  } catch (error) {
    if (!(error instanceof OutputLost)) noteFault({ harness, event: word }, error);
  }
  process.exit(code);
}

function goingOn(harness: string, session: string): Listening {
  return { harness, session: session === '' ? null : session, cwd: process.cwd(), goesOn: true };
}

async function once(harness: string): Promise<Listening | undefined> {
  const input = (await readInput()) ?? {};
  const hooks = HOOKS.get(harness);
  if (hooks === undefined || isSubagent(input) || hooks.canListen?.(environment()) === false)
    return undefined;
  const cwd = firstText(input, ['cwd']) ?? process.cwd();
  return { harness, session: firstText(input, hooks.sessionKeys), cwd, goesOn: false };
}

/** @returns the exit code. */
async function listen(listening: Listening): Promise<number> {
  const { goesOn } = listening;
  let pauseMs = FIRST_PAUSE_MS;
  // Who is not known yet is so after the first turn, at which a hook waits anew.
  for (let wasHeard = false; ; ) {
    try {
      const found = await openHookSession({ ...listening, needsDaemon: wasHeard });
      if (found !== undefined && isOf(found, listening.harness)) {
        wasHeard = true;
        pauseMs = FIRST_PAUSE_MS;
        return await hear(found, listening);
      }
      await found?.close();
      if (!goesOn) return 0;
      wasHeard = false;
      pauseMs = LONGEST_PAUSE_MS;
    } catch (error) {
      if (!isLaliaError(error)) throw error;
      if (isOver(error.reason, listening)) return 0;
      if (!LOST.has(error.reason)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

/** Another listener has taken its place, or there is nobody to wake any more. */
function isOver(reason: string, { session }: Listening): boolean {
  if (reason === 'lease_expired') return session !== null;
  return reason === 'cancelled' || reason === 'unregistered';
}

/** The daemon has gone, or the session that it has; there may be another. */
const LOST: ReadonlySet<string> = new Set([
  ...['connection_lost', 'daemon_stopping', 'daemon_unavailable', 'lease_expired'],
]);

async function hear(found: HookSession, { harness, goesOn }: Listening): Promise<number> {
  while (true) {
    const notice = await nextNotice(found);
    if (notice === undefined) continue;
    if (!goesOn && HOOKS.get(harness)?.listener !== undefined) {
      writeSync(2, `${notice.text}\n`);
      return WAKES;
    }
    await print(`${notice.text}\n`);
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

function noteFault(hook: { readonly harness: string; readonly event: string }, error: unknown): void {
  const { home } = pathsOf({ env: environment(), homedir: homedir(), uid: process.getuid?.() ?? 0 });
  noteProblem(home, { ...hook, problem: error instanceof Error ? error.message : String(error) });
}
