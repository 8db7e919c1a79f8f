/**
 * `lalia hook <harness> listen [session]`: what a plugin runs beside a session, for as long as that lasts. It prints a line each time
 * the agent is to be woken, and the plugin begins a turn with it.
 */
import { isLaliaError, type LaliaError, openHookSession } from '@lalia/client';
import { limits } from '@lalia/protocol';
import { OutputLost, print } from '../output.ts';

/** How long until it looks again, where nobody is registered yet or no daemon runs. */
const LOOK_AGAIN_MS = 20_000;

/** Listens and ends the process with 0. @param argv the words after `lalia hook`. */
export async function main([harness = '', , session = '']: readonly string[]): Promise<never> {
  const parent = process.ppid;
  while (process.ppid === parent) {
    const heard = await hear(harness, session === '' ? null : session);
    if (heard === 'last') break;
    if (heard === 'nothing') await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  process.exit(0);
}

/** Waits once. */
async function hear(harness: string, session: string | null): Promise<'line' | 'nothing' | 'last'> {
  const found = await openHookSession({ harness, session, cwd: process.cwd() }).catch(() => undefined);
  if (found === undefined) return 'nothing';
  try {
    const { text } = await found.awaitWake(limits.DEFAULT_WAIT_MS);
    await print(`${text}\n`);
    return 'line';
  } catch (error) {
    if (error instanceof OutputLost) return 'last';
    if (!isLaliaError(error)) throw error;
    if (error.reason === 'timeout') return 'line';
    return isLast(error, session) ? 'last' : 'nothing';
  } finally {
    await found.close();
  }
}

/** Another listener has taken its place, or the harness went on to another conversation than the one it is for. */
function isLast({ reason }: LaliaError, session: string | null): boolean {
  return reason === 'cancelled' || (reason === 'lease_expired' && session !== null);
}
