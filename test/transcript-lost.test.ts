import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia } from '@lalia/testkit';
import { expect, it } from 'vitest';

it('a transcript that was deleted is written again, whole, by the next start', async () => {
  await using lalia = new Lalia();
  for (const name of ['alice', 'bob']) await lalia.json(['register', '--name', name]);
  await lalia.json(['tell', 'bob', 'one', '--as', 'alice']);
  await lalia.json(['room', 'create', 'plans', '--as', 'alice']);
  await lalia.json(['post', 'plans', 'two', '--as', 'alice']);
  await lalia.cli(['stop']);
  rmSync(lalia.workspace, { recursive: true });

  await lalia.json(['tell', 'alice', 'three', '--as', 'bob']);
  await lalia.journaled();
  const files = await git(lalia.workspace, 'ls-tree', '-r', '--name-only', 'HEAD', 'peers', 'rooms');
  expect(files.trim().split('\n')).toEqual([
    'peers/alice--bob/000001-alice.md',
    'peers/alice--bob/000002-bob.md',
    'rooms/plans/000001-alice.md',
    'rooms/plans/MEMBERS.md',
    'rooms/plans/ROOM.md',
  ]);
  const { code, stdout } = await lalia.cli(['verify']);
  expect(stdout).toMatch(/^No problems: checked 3 messages/);
  expect(code).toBe(0);
  await lalia.cli(['stop']);
});

it('a clone takes the place of the transcript that it was made from, and lacks nothing', async () => {
  await using lalia = new Lalia();
  for (const name of ['alice', 'bob']) await lalia.json(['register', '--name', name]);
  await lalia.json(['tell', 'bob', 'one', '--as', 'alice']);
  await lalia.journaled();
  const clone = join(lalia.folder, 'clone');
  await git(lalia.folder, 'clone', '-q', lalia.workspace, clone);
  await lalia.json(['tell', 'bob', 'after the clone', '--as', 'alice']);
  await lalia.cli(['stop']);

  const env = { LALIA_WORKSPACE: clone };
  await lalia.json(['tell', 'bob', 'into the clone', '--as', 'alice'], { env });
  await lalia.cli(['stop'], { env });
  const { stdout } = await lalia.cli(['verify'], { env });
  expect(stdout).toMatch(/^No problems: checked 3 messages/);
  expect(await git(clone, 'status', '--porcelain')).toBe('');
});

it('a clone of the transcript of another home is refused, with what to do, and left as it is', async () => {
  await using theirs = new Lalia();
  await theirs.json(['register', '--name', 'alice']);
  await theirs.json(['tell', 'human', 'one', '--as', 'alice']);
  await theirs.cli(['stop']);
  await using ours = new Lalia();
  const clone = join(ours.folder, 'clone');
  await git(ours.folder, 'clone', '-q', theirs.workspace, clone);
  const before = await git(clone, 'rev-parse', 'HEAD');

  const { code, stderr } = await ours.cli(['register', '--name', 'alice'], {
    env: { LALIA_WORKSPACE: clone },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/clone of the transcript of another Lalia home/);
  expect(stderr).toMatch(/^reason: foreign_workspace$/m);
  expect(await git(clone, 'rev-parse', 'HEAD')).toBe(before);
});
