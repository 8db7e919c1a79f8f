/**
 * Becoming the one daemon of a home. The database's lock decides: whoever has it is the daemon, and the operating system takes
 * it from a process that ended, however it ended.
 */
import { connect } from 'node:net';
import { fail } from '@lalia/protocol';
import { composeContext, type Surroundings } from './compose.ts';
import type { Context } from './context.ts';

/** How long a daemon waits for an older one, which is stopping, to give the database up. */
const HANDOVER_MS = 60_000;
const HANDOVER_POLL_MS = 25;

/**
 * The context, once the database is ours: at once, or when an older daemon that is stopping has let go of it.
 * @returns undefined when another daemon serves this home.
 * @throws LaliaError `daemon_unavailable` when somebody holds the database and does not serve.
 */
export async function ownContext(surroundings: Surroundings): Promise<Context | undefined> {
  const { clock, config } = surroundings;
  const deadlineMs = clock.nowMs() + HANDOVER_MS;
  while (true) {
    const context = composeContext(surroundings);
    if (context !== undefined) return context;
    if (await isServed(config.paths.socket)) return undefined;
    if (clock.nowMs() > deadlineMs) {
      throw fail(
        'daemon_unavailable',
        `Another process holds ${config.paths.database} and does not answer.`,
        {
          context: { database: config.paths.database },
        },
      );
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, HANDOVER_POLL_MS);
    });
  }
}

async function isServed(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}
