import { rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { generateKeyPair, limits } from '@lalia/protocol';
import { verifyTranscript } from '@lalia/store';
import { git } from '@lalia/testkit';
import { expect, test } from 'vitest';
import { Connection } from '../src/socket/connection.ts';
import { OpenedHome, TestHome } from './_home.ts';

test('what the daemon says is in every mailbox, and its signature holds in the transcript and in a clone of it', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const { announcer } = daemon.context;
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  const room = await daemon.room('auth', ann, bob);
  await daemon.run(() => {
    announcer.toRoom(room, 'Task auth can be claimed now: lalia task claim auth');
    announcer.toAgent(bob.agentId, 'Task auth is no longer yours.');
  });
  expect(daemon.unreadOf(ann)).toEqual(['Task auth can be claimed now: lalia task claim auth']);
  expect(daemon.unreadOf(bob)).toEqual([
    'Task auth can be claimed now: lalia task claim auth',
    'Task auth is no longer yours.',
  ]);

  await daemon.journaled();
  const clone = join(home.folder, 'clone');
  await git(home.folder, 'clone', '-q', home.workspace, clone);
  for (const transcript of [home.workspace, clone]) {
    const { problems, counts } = await verifyTranscript(transcript);
    expect({ problems, messages: counts.messages, agents: counts.agents }).toEqual({
      problems: [],
      messages: 2,
      agents: 4,
    });
  }
  expect(await git(clone, 'ls-files', 'peers', 'rooms')).toBe(
    'peers/bob--lalia/000001-lalia.md\nrooms/auth/000001-lalia.md\nrooms/auth/MEMBERS.md\nrooms/auth/ROOM.md\n',
  );
});

test('whose doing it tells a room of has it in the history, not in the mailbox', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  const room = await daemon.room('auth', ann, bob);
  await daemon.run(() => {
    daemon.context.announcer.toRoom(room, 'auth is the task of bob now.', ann);
  });
  expect(daemon.unreadOf(ann)).toEqual([]);
  expect(daemon.unreadOf(bob)).toEqual(['auth is the task of bob now.']);
});

test('what the daemon says wakes whoever waits for mail, with the same commit', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const { announcer, waiters, store } = daemon.context;
  const ann = await daemon.agent('ann');
  const connection = new Connection(new Socket(), { line: () => undefined, closed: () => undefined });
  const bounds = { max: 1, leaseMs: 60_000, timeoutMs: 60_000 };
  const reading = await daemon.run(() => ({
    answer: waiters.wait(
      {
        agentId: ann.agentId,
        source: { kind: 'any' },
        connection,
        signal: new AbortController().signal,
        ...bounds,
      },
      store.commits,
    ),
  }));
  await daemon.run(() => {
    announcer.toAgent(ann.agentId, 'Task auth is open again.');
  });
  expect((await reading.answer).messages).toMatchObject([
    { body: 'Task auth is open again.', status: false, from: { kind: 'daemon', name: 'lalia' } },
  ]);
});

test('nothing is said in an archived room, nor to somebody who is not registered any more', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const { announcer, store, clock } = daemon.context;
  const ann = await daemon.agent('ann');
  const room = await daemon.room('auth', ann);
  await daemon.run(() => {
    store.rooms.archive(room.roomId, clock.nowMs());
    // The record is from before.
    announcer.toRoom(room, 'too late');
    store.registry.unregister(ann.agentId, clock.nowMs());
    announcer.toAgent(ann.agentId, 'too late');
  });
  expect(store.conversations.countMessages()).toBe(0);
});

test('a change that does not come about takes what was said of it along', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const { announcer, store } = daemon.context;
  const ann = await daemon.agent('ann');
  const change = daemon.run(() => {
    announcer.toAgent(ann.agentId, 'It is done.');
    throw new Error('It is not.');
  });
  await expect(change).rejects.toThrow('It is not.');
  expect([daemon.unreadOf(ann), store.conversations.countMessages()]).toEqual([[], 0]);
});

test('a member who reads nothing loses the oldest of what is said, as of any post', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const { announcer } = daemon.context;
  const ann = await daemon.agent('ann');
  const room = await daemon.room('auth', ann);
  await daemon.run(() => {
    for (let n = 0; n <= limits.MAX_ROOM_UNREAD; n += 1) announcer.toRoom(room, `note ${String(n)}`);
  });
  const unread = daemon.unreadOf(ann);
  expect([unread.length, unread[0]]).toEqual([limits.MAX_ROOM_UNREAD, 'note 1']);
});

test('the daemon is the same identity after a restart', async () => {
  using home = new TestHome();
  const ids: unknown[] = [];
  for (let start = 1; start <= 2; start += 1) {
    await using daemon = await OpenedHome.open(home);
    const { registry } = daemon.context.store;
    ids.push([registry.resident('daemon')?.agentId, registry.resident('human')?.agentId]);
    expect(registry.everybody()).toHaveLength(2);
  }
  expect(ids[1]).toEqual(ids[0]);
});

const LOSSES: Record<string, (key: string) => void> = {
  gone: (key) => {
    rmSync(key);
  },
  damaged: (key) => {
    writeFileSync(key, 'not a key');
  },
  another: (key) => {
    writeFileSync(key, `${Buffer.from(generateKeyPair().privateKey).toString('base64url')}\n`);
  },
};

test.each(Object.keys(LOSSES))(
  'when its key is %s the daemon goes on as another identity, and what the first one said stays checkable',
  async (loss) => {
    using home = new TestHome();
    let ann: Awaited<ReturnType<OpenedHome['agent']>>;
    let firstId: string;
    {
      await using first = await OpenedHome.open(home);
      ann = await first.agent('ann');
      firstId = first.context.store.registry.resident('daemon')?.agentId ?? '';
      await first.run(() => {
        first.context.announcer.toAgent(ann.agentId, 'from the first');
      });
    }
    LOSSES[loss]?.(join(home.home, 'keys', `${firstId}.key`));
    await using second = await OpenedHome.open(home);
    const { registry } = second.context.store;
    expect(second.logged).toContain('daemon_key_lost');
    expect(registry.get(firstId)?.unregisteredMs).not.toBeNull();
    expect(registry.resident('daemon')?.agentId).not.toBe(firstId);
    await second.run(() => {
      second.context.announcer.toAgent(ann.agentId, 'from the second');
    });
    expect(second.unreadOf(ann)).toEqual(['from the first', 'from the second']);
    await second.journaled();
    expect(await verifyTranscript(home.workspace)).toMatchObject({ problems: [], counts: { messages: 2 } });
  },
);
