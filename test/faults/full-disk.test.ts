/**
 * No room for the database: what is not durable is refused, and everything goes on when there is room again (spec 6,
 * promises 1 and 6). The limit is one of the process, on the size of its files, because everybody may set that.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Agent, isLaliaError } from '@lalia/client';
import { becomes, Lalia, Running } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { resident } from './_people.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

const DAEMON = join(import.meta.dirname, '../../packages/daemon/bin/lalia-daemon.js');

/** In blocks of 512 or 1024 bytes, as the shell has it: more than an empty database, less than what is sent. */
const LIMIT = 3000;

const ROOM_AGAIN: readonly { readonly how: string; readonly makeRoom: (lalia: Lalia) => Promise<void> }[] = [
  { how: 'while it runs', makeRoom: liftLimit },
  { how: 'after it was killed', makeRoom: (lalia) => lalia.killDaemon() },
];

for (const { how, makeRoom } of ROOM_AGAIN) {
  verifies(
    ['promise.1.full_disk', 'promise.1.durable', 'promise.6.retried', 'promise.6.once'],
    `a daemon without room refuses what it cannot keep, and goes on when there is room again ${how}`,
    async () => {
      await using lalia = new Lalia();
      await limitedDaemon(lalia);
      const alice = await resident(lalia, 'alice');
      const bob = await resident(lalia, 'bob');
      const sent = await untilRefused(alice);
      // Neither a message nor a reading is acknowledged now; what was acknowledged before is not forgotten.
      await expect(alice.tell('bob', 'one more')).rejects.toMatchObject({ reason: 'storage_full' });
      await expect(bob.read('any', { timeoutMs: 0 })).rejects.toMatchObject({ reason: 'storage_full' });
      const { messages: kept } = await lalia.json<{ messages: number }>(['status']);
      expect(kept).toBe(sent.length);

      await makeRoom(lalia);
      const last = await alice.tell('bob', 'last');
      expect(last.seq).toBe(sent.length + 1);
      const messages = await historyOf(bob, { peer: 'alice' });
      expect(messages.map(({ body }) => body)).toEqual([...sent, 'last']);
      const client = await lalia.connect();
      // What failed before is tried again, after a while.
      await becomes(async () => (await client.call('status', {})).journal.backlog === 0);
      await expectTranscript(lalia, [messages]);
    },
  );
}

async function limitedDaemon(lalia: Lalia): Promise<void> {
  const command = `ulimit -S -f ${String(LIMIT)} && exec "$0" "$1" serve`;
  const daemon = new Running(['sh', '-c', command, process.execPath, DAEMON], { env: lalia.env });
  await daemon.until(({ stdout }) => stdout.includes('"ready":true'));
}

/** Without the program to lift it, the process has to end for it. */
async function liftLimit(lalia: Lalia): Promise<void> {
  try {
    execFileSync('prlimit', ['--pid', String(lalia.daemonPid), '--fsize=unlimited']);
  } catch {
    await lalia.killDaemon();
  }
}

/** Writes until there is room for nothing, not even for a note that somebody read. @returns what was acknowledged. */
async function untilRefused(sender: Agent): Promise<string[]> {
  const sent: string[] = [];
  const send = async (bytes: number): Promise<void> => {
    const body = randomBytes(bytes).toString('hex');
    await sender.tell('bob', body);
    sent.push(body);
  };
  // Ever smaller ones fill what the larger ones left; a renewal writes less than anything else.
  for (const bytes of [48 * 1024, 4096, 1]) while (await isTaken(send(bytes)));
  while (await isTaken(sender.renew()));
  return sent;
}

async function isTaken(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (!isLaliaError(error) || error.reason !== 'storage_full') throw error;
    return false;
  }
}
