/** A transcript that cannot be written for a while: nothing is lost, and the status says so (spec 6, promise 6). */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomes, Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { person } from './_people.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

for (const end of ['a stop', 'kill -9']) {
  verifies(
    ['promise.6.backlog', 'promise.6.retried', 'promise.6.once', 'promise.6.ordinary_git'],
    `what git cannot take is shown as backlog, kept over ${end}, and written when git can`,
    async () => {
      await using lalia = new Lalia();
      const { agent: alice, client } = await person(lalia, 'alice');
      const { agent: bob } = await person(lalia, 'bob');
      await lalia.journaled();
      // As a git command of the person's holds it that never ends.
      const lock = join(lalia.workspace, '.git/refs/heads/main.lock');
      writeFileSync(lock, '');
      for (const body of ['one', 'two', 'three']) await alice.tell('bob', body);
      await becomes(async () => (await client.call('status', {})).journal.error !== null);
      const shown = await lalia.cli(['status']);
      expect(shown.stdout).toMatch(/3 .*main\.lock/s);

      if (end === 'kill -9') await lalia.killDaemon();
      else await lalia.json(['stop']);
      expect((await client.call('status', {})).journal.backlog).toBe(3);
      rmSync(lock);
      await becomes(async () => (await client.call('status', {})).journal.backlog === 0);
      const messages = await historyOf(bob, { peer: 'alice' });
      expect(messages.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
      await expectTranscript(lalia, [messages]);
    },
  );
}
