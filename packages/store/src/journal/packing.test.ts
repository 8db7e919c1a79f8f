import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, gitProblems, TestFolder, TestTalk } from '../../test/_transcript.ts';
import { verifyTranscript } from '../verify/index.ts';
import { AtomicFs } from './atomic-fs.ts';
import { packLooseObjects } from './packing.ts';
import { Writer } from './writer.ts';

const MESSAGES = 130;

async function writeMessages(workspace: string, talk: TestTalk, count: number): Promise<void> {
  using writer = await Writer.open({ workspace, owner: undefined, nowMs: 1e12, failpoint: () => undefined });
  for (let at = 0; at < count; at++) {
    const entry =
      at % 3 === 0 ? talk.post('bob', 'auth') : talk.tell('alice', 'bob', `Message ${String(at)}`);
    await writer.write([{ ord: at, ...entry }]);
  }
}

function pack(workspace: string, failpoint: (name: string) => void = () => undefined): Promise<number> {
  const head = git(workspace, 'rev-parse', 'HEAD').trim();
  const atomic = new AtomicFs(join(workspace, '.git/lalia/tmp'));
  return packLooseObjects(head, { objects: join(workspace, '.git/objects'), atomic, failpoint }, 1);
}

/** Packs until nothing is left to pack, as the journal does in one long pause. @returns how many objects that were. */
async function packAll(workspace: string): Promise<number> {
  let total = 0;
  for (let packed = await pack(workspace); packed > 0; packed = await pack(workspace)) total += packed;
  return total;
}

function looseObjects(workspace: string): number {
  return Number(/^count: (\d+)/m.exec(git(workspace, 'count-objects', '-v'))?.[1]);
}

test('packing keeps every object, in a fraction of the space, and git finds nothing wrong', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  {
    using writer = await Writer.open({
      workspace,
      owner: undefined,
      nowMs: 1e12,
      failpoint: () => undefined,
    });
    await writer.write(talk.registrations().map((entry, ord) => ({ ord, ...entry })));
  }
  await writeMessages(workspace, talk, MESSAGES);
  const before = git(workspace, 'rev-list', '--objects', 'HEAD').split('\n').toSorted();
  const looseKib = Number(/^size: (\d+)/m.exec(git(workspace, 'count-objects', '-v'))?.[1]);
  expect(await packAll(workspace)).toBe(before.length - 1);

  expect(looseObjects(workspace)).toBe(0);
  expect(git(workspace, 'rev-list', '--objects', 'HEAD').split('\n').toSorted()).toEqual(before);
  expect(Number(/^size-pack: (\d+)/m.exec(git(workspace, 'count-objects', '-v'))?.[1])).toBeLessThan(
    looseKib / 5,
  );
  expect(gitProblems(workspace)).toBe('');
  const [index = ''] = readdirSync(join(workspace, '.git/objects/pack')).filter((name) =>
    name.endsWith('.idx'),
  );
  expect(() =>
    execFileSync('git', ['verify-pack', join(workspace, '.git/objects/pack', index)]),
  ).not.toThrow();
  expect(await verifyTranscript(workspace)).toMatchObject({ problems: [], counts: { messages: MESSAGES } });
});

test('messages go on after packing, and a second pack takes what came since', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  await writeMessages(workspace, talk, 20);
  await pack(workspace);
  await writeMessages(workspace, talk, 20);
  expect(looseObjects(workspace)).toBeGreaterThan(20);
  await pack(workspace);
  expect(looseObjects(workspace)).toBe(0);
  expect(await pack(workspace)).toBe(0);
  expect(gitProblems(workspace)).toBe('');
});

test('a crash before the loose objects are removed leaves each of them twice, and nothing wrong', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  await writeMessages(workspace, talk, 20);
  const loose = looseObjects(workspace);
  const crash = (name: string): void => {
    if (name === 'journal.pack_written') throw new Error('crash');
  };
  await expect(pack(workspace, crash)).rejects.toThrow('crash');
  expect(looseObjects(workspace)).toBe(loose);
  expect(gitProblems(workspace)).toBe('');
  await writeMessages(workspace, talk, 5);
  await pack(workspace);
  expect(looseObjects(workspace)).toBe(0);
  expect(gitProblems(workspace)).toBe('');
});
