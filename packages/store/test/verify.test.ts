import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { registryPath } from '../src/documents.ts';
import { renderVerifyReport, verifyTranscript } from '../src/verify/index.ts';
import { git, openJournal, TestFolder, TestOutbox, TestTalk } from './_transcript.ts';

interface Made extends Disposable {
  readonly workspace: string;
  readonly talk: TestTalk;
  /** Changes a committed file and commits that, as a person would. */
  amend(path: string, change: (text: string) => string): void;
  /** A path below the workspace. */
  at(path: string): string;
}

/** A transcript with a channel of three messages and a room of two. */
async function makeTranscript(): Promise<Made> {
  const folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  const outbox = new TestOutbox();
  for (const entry of talk.registrations()) outbox.add(entry);
  for (const body of ['One.', 'Two.', 'Three.']) outbox.add(talk.tell('alice', 'bob', body));
  for (const body of ['Four.', 'Five.\n']) outbox.add(talk.post('bob', 'auth', body));
  await using journal = await openJournal(workspace, outbox);
  await journal.flush(60_000);
  const at = (path: string): string => join(workspace, path);
  return {
    workspace,
    talk,
    at,
    amend(path, change) {
      writeFileSync(at(path), change(readFileSync(at(path), 'utf8')));
      git(workspace, 'commit', '-qam', 'amend');
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

async function problemsOf(workspace: string): Promise<string[]> {
  const { problems } = await verifyTranscript(workspace);
  return problems.map(({ kind, path, seq }) => `${kind} ${path}${seq === null ? '' : ` #${String(seq)}`}`);
}

const SECOND = 'peers/alice--bob/000002-alice.md';

test('a transcript as the journal writes it has no problems, and the report says what was checked', async () => {
  using made = await makeTranscript();
  const report = await verifyTranscript(made.workspace);
  expect(report.problems).toEqual([]);
  expect(renderVerifyReport(report)).toBe(
    'No problems: checked 5 messages in 2 conversations by 3 agents over 9 commits.\n',
  );
});

test('an uncommitted edit, a deletion and a stray file are each named', async () => {
  using made = await makeTranscript();
  appendFileSync(made.at(SECOND), 'more');
  rmSync(made.at('peers/alice--bob/000003-alice.md'));
  writeFileSync(made.at('rooms/auth/notes.txt'), 'mine');
  expect(renderVerifyReport(await verifyTranscript(made.workspace))).toBe(
    [
      'peers/alice--bob/000002-alice.md: was edited, and that is not committed',
      'peers/alice--bob/000003-alice.md: was deleted, and that is not committed',
      'rooms/auth/notes.txt: is not committed',
      'The first wrong message is number 2 of peers/alice--bob.',
      '3 problems: checked 5 messages in 2 conversations by 3 agents over 9 commits.',
      '',
    ].join('\n'),
  );
});

test('a link in the place of a message counts as an edit, whatever it names', async () => {
  using made = await makeTranscript();
  renameSync(made.at(SECOND), join(dirname(made.workspace), 'kept'));
  symlinkSync(join(dirname(made.workspace), 'kept'), made.at(SECOND));
  expect(await problemsOf(made.workspace)).toEqual([`uncommitted_edit ${SECOND} #2`]);
});

test('a committed edit of a body breaks the signature, and the commit that made it is named', async () => {
  using made = await makeTranscript();
  made.amend(SECOND, (text) => text.replace('Two.', 'Too.'));
  expect(await problemsOf(made.workspace)).toEqual([
    `bad_signature ${SECOND} #2`,
    `changed_later ${SECOND} #2`,
  ]);
  const { problems } = await verifyTranscript(made.workspace);
  expect(problems[1]?.sentence).toBe(
    `was changed in commit ${git(made.workspace, 'rev-parse', 'HEAD').slice(0, 10)}`,
  );
});

test('an edit that was taken back is still in the history', async () => {
  using made = await makeTranscript();
  made.amend(SECOND, (text) => text.replace('Two.', 'Too.'));
  made.amend(SECOND, (text) => text.replace('Too.', 'Two.'));
  expect(await problemsOf(made.workspace)).toEqual([
    `changed_later ${SECOND} #2`,
    `changed_later ${SECOND} #2`,
  ]);
});

test('a committed deletion is a gap, and the commit is named', async () => {
  using made = await makeTranscript();
  git(made.workspace, 'rm', '-q', SECOND);
  git(made.workspace, 'commit', '-qm', 'remove');
  expect(await problemsOf(made.workspace)).toEqual(['gap peers/alice--bob #2', `changed_later ${SECOND} #2`]);
});

test('the deletion of a whole conversation is seen', async () => {
  using made = await makeTranscript();
  git(made.workspace, 'rm', '-qr', 'rooms');
  git(made.workspace, 'commit', '-qm', 'remove');
  expect(await problemsOf(made.workspace)).toEqual([
    'changed_later rooms/auth/000001-bob.md #1',
    'changed_later rooms/auth/000002-bob.md #2',
  ]);
});

test.each<[string, (made: Made) => void, string[]]>([
  [
    'a name that its sender never had',
    (made) => made.amend(SECOND, (text) => text.replace('from: alice', 'from: carol')),
    [`changed_later ${SECOND} #2`, `unknown_agent ${SECOND} #2`, `wrong_place ${SECOND} #2`],
  ],
  [
    'a chain that skips a message',
    (made) => made.amend(SECOND, (text) => text.replace(/prev: .*\n/, '')),
    [`broken_chain ${SECOND} #2`, `changed_later ${SECOND} #2`],
  ],
  [
    'front matter that is damaged',
    (made) => made.amend(SECOND, (text) => text.replace('seq: 2', 'seq: two')),
    [`changed_later ${SECOND} #2`, `damaged_message ${SECOND} #2`],
  ],
  [
    'a sender who is not in the registry',
    (made) => {
      git(made.workspace, 'rm', '-q', `registry/${made.talk.agent('alice').id}.json`);
      git(made.workspace, 'commit', '-qm', 'remove');
    },
    [
      'unknown_agent peers/alice--bob/000001-alice.md #1',
      'unknown_agent peers/alice--bob/000002-alice.md #2',
      'unknown_agent peers/alice--bob/000003-alice.md #3',
    ],
  ],
  [
    'a copy of a message in another place',
    (made) => {
      mkdirSync(made.at('peers/alice--carol'));
      writeFileSync(
        made.at('peers/alice--carol/000001-alice.md'),
        readFileSync(made.at('peers/alice--bob/000001-alice.md')),
      );
      git(made.workspace, 'add', '.');
      git(made.workspace, 'commit', '-qm', 'copy');
    },
    [
      'mixed_conversation peers/alice--carol',
      'duplicate peers/alice--carol/000001-alice.md #1',
      'foreign_commit peers/alice--carol/000001-alice.md #1',
    ],
  ],
  [
    'a file that is no part of a transcript',
    (made) => {
      writeFileSync(made.at('README'), 'mine');
      git(made.workspace, 'add', '.');
      git(made.workspace, 'commit', '-qm', 'mine');
    },
    ['stray_file README'],
  ],
])('%s is named', async (_, damage, expected) => {
  using made = await makeTranscript();
  damage(made);
  const found = await problemsOf(made.workspace);
  expect(found.filter((line) => !line.includes('registry/')).toSorted()).toEqual(expected.toSorted());
});

test('a new key under an old identity is seen, although every signature fits it', async () => {
  using made = await makeTranscript();
  const other = new TestTalk(['mallory']).agent('mallory');
  const key = /"public_key": "(.*)"/.exec(other.registryText())?.[1] ?? '';
  const path = `registry/${made.talk.agent('carol').id}.json`;
  made.amend(path, (text) => text.replace(/"public_key": ".*"/, `"public_key": "${key}"`));
  expect(await problemsOf(made.workspace)).toEqual([`changed_later ${path}`]);
});

test('a renamed agent keeps its messages: former names are names too', async () => {
  using made = await makeTranscript();
  const alice = made.talk.agent('alice');
  const outbox = new TestOutbox();
  const content = alice
    .registryText(['alicia'])
    .replace('"name": "alice"', '"name": "anna"')
    .replace('alicia', 'alice');
  outbox.add({
    path: registryPath(alice.id),
    content,
    mode: 'replace',
    subject: 'alice is called anna now',
    author: { name: 'anna', id: alice.id },
    tsMs: 0,
  });
  await using journal = await openJournal(made.workspace, outbox);
  await journal.flush(60_000);
  expect(await problemsOf(made.workspace)).toEqual([]);
});

test.each<[string, (made: Made, copy: string) => void]>([
  ['bare', ({ workspace }, copy) => git(workspace, 'clone', '-q', '--bare', workspace, copy)],
  ['packed', ({ workspace }, copy) => git(workspace, 'clone', '-q', `file://${workspace}`, copy)],
  [
    'repacked with long delta chains and packed refs',
    ({ workspace }, copy) => {
      git(workspace, 'clone', '-q', workspace, copy);
      git(copy, 'repack', '-adfq', '--depth=50');
      git(copy, 'pack-refs', '--all');
    },
  ],
  ['borrowing', ({ workspace }, copy) => git(workspace, 'clone', '-q', '--shared', workspace, copy)],
  [
    'line-ending-happy',
    ({ workspace }, copy) => git(workspace, '-c', 'core.autocrlf=true', 'clone', '-q', workspace, copy),
  ],
  ['linked', ({ workspace }, copy) => git(workspace, 'worktree', 'add', '-q', '--detach', copy)],
])('a %s clone verifies', async (_, clone) => {
  using made = await makeTranscript();
  const copy = join(dirname(made.workspace), 'copy');
  clone(made, copy);
  expect(await verifyTranscript(copy)).toMatchObject({ problems: [], counts: { messages: 5, commits: 9 } });
});

test('a shallow clone verifies what it has, and says so', async () => {
  using made = await makeTranscript();
  const copy = join(dirname(made.workspace), 'copy');
  git(made.workspace, 'clone', '-q', '--depth=2', `file://${made.workspace}`, copy);
  const report = await verifyTranscript(copy);
  expect(report).toMatchObject({ problems: [], isShallow: true, counts: { messages: 5, commits: 2 } });
  expect(renderVerifyReport(report)).toMatch(/The clone is shallow/);
});

test('a missing or torn object is a finding, not the end', async () => {
  using made = await makeTranscript();
  const copy = join(dirname(made.workspace), 'copy.git');
  git(made.workspace, 'clone', '-q', '--bare', '--no-hardlinks', made.workspace, copy);
  const blob = git(copy, 'rev-parse', `HEAD:${SECOND}`).trim();
  const object = join(copy, 'objects', blob.slice(0, 2), blob.slice(2));
  chmodSync(object, 0o644);
  writeFileSync(object, readFileSync(object).subarray(0, 20));
  expect(await problemsOf(copy)).toEqual([`unreadable ${SECOND} #2`]);
  rmSync(object);
  expect(await problemsOf(copy)).toEqual([`unreadable ${SECOND} #2`]);
});

/** A bare copy with loose objects, and where one of them lies. */
function looseCopy({ workspace }: Made): {
  readonly copy: string;
  readonly objectPath: (name: string) => string;
} {
  const copy = join(dirname(workspace), 'copy.git');
  git(workspace, 'clone', '-q', '--bare', '--no-hardlinks', workspace, copy);
  return {
    copy,
    objectPath(name) {
      const oid = git(copy, 'rev-parse', name).trim();
      const path = join(copy, 'objects', oid.slice(0, 2), oid.slice(2));
      chmodSync(path, 0o644);
      return path;
    },
  };
}

test.each([
  ['a message', `HEAD:${SECOND}`, 'HEAD:peers/alice--bob/000001-alice.md', `unreadable ${SECOND} #2`],
  ['a folder', 'HEAD:peers', 'HEAD:rooms', 'unreadable '],
  ['a commit', 'HEAD~1', 'HEAD~2', 'unreadable '],
])('the content of another object under the name of %s is a finding', async (_, name, other, expected) => {
  using made = await makeTranscript();
  const { copy, objectPath } = looseCopy(made);
  writeFileSync(objectPath(name), readFileSync(objectPath(other)));
  const found = await problemsOf(copy);
  expect(found).toContain(expected);
  expect((await verifyTranscript(copy)).problems.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(/^The object [0-9a-f]{40} is damaged\.$/),
  );
});

test.each([
  ['commit of the end', 'HEAD'],
  ['commit of an earlier time', 'HEAD~2'],
  ['folder of an earlier time, which need not be read', 'HEAD~3:peers'],
])('a missing %s is a finding', async (_, name) => {
  using made = await makeTranscript();
  const { copy, objectPath } = looseCopy(made);
  rmSync(objectPath(name));
  expect(await problemsOf(copy)).toEqual(['unreadable ']);
});

test('a work tree whose last commit is missing is a finding, and its files are not all called stray', async () => {
  using made = await makeTranscript();
  const oid = git(made.workspace, 'rev-parse', 'HEAD').trim();
  rmSync(made.at(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`));
  expect(await problemsOf(made.workspace)).toEqual(['unreadable ']);
});

test.each(['pack', 'idx'])('damage anywhere in a .%s file is a finding', async (extension) => {
  using made = await makeTranscript();
  const copy = join(dirname(made.workspace), 'copy');
  git(made.workspace, 'clone', '-q', `file://${made.workspace}`, copy);
  const folder = join(copy, '.git/objects/pack');
  const path = join(folder, readdirSync(folder).find((name) => name.endsWith(`.${extension}`)) ?? '');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 1 + (bytes.at(-1) ?? 0);
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  expect(await problemsOf(copy)).toEqual(['unreadable ']);
});

test('a commit that brings the message which it names, and changes another one, is found', async () => {
  using made = await makeTranscript();
  writeFileSync(made.at(SECOND), readFileSync(made.at(SECOND), 'utf8').replace('Two.', 'Too.'));
  const subject = git(made.workspace, 'log', '-1', '--format=%s').trim();
  expect(subject).toBe('bob in auth 2: Five.');
  const asBob = ['-c', 'user.name=bob', '-c', 'user.email=bob@lalia.local'];
  git(made.workspace, ...asBob, 'commit', '-qa', '--amend', '--reset-author', '-m', subject);
  expect(await problemsOf(made.workspace)).toEqual([
    `bad_signature ${SECOND} #2`,
    `changed_later ${SECOND} #2`,
  ]);
});

test.each([
  ['an empty folder', '', 'is not a transcript: it is no git repository.'],
  ['a repository without commits', 'repository', 'is not a transcript: it has no commits.'],
  ['a file', 'file', 'is a file; a transcript is a folder.'],
])('%s is not a transcript, and the report says why', async (_, name, why) => {
  using folder = new TestFolder();
  git(folder.path, 'init', '-q', 'repository');
  writeFileSync(join(folder.path, 'file'), '');
  const path = join(folder.path, name);
  expect(await problemsOf(path)).toEqual(['not_a_transcript ']);
  expect(renderVerifyReport(await verifyTranscript(path))).toMatch(
    `${path} ${why}\nNothing was checked.\n`.replace('/ ', ' '),
  );
});

test('a folder that is not there is not a transcript', async () => {
  using folder = new TestFolder();
  const path = join(folder.path, 'none');
  expect(renderVerifyReport(await verifyTranscript(path))).toBe(
    `There is no folder ${path}.\nNothing was checked.\n`,
  );
});

test('a workspace that the journal is writing to verifies at any moment', async () => {
  using folder = new TestFolder();
  const { workspace } = folder;
  const talk = new TestTalk();
  const outbox = new TestOutbox();
  for (const entry of talk.registrations()) outbox.add(entry);
  await using journal = await openJournal(workspace, outbox);
  await journal.flush(60_000);
  for (let round = 0; round < 10; round++) {
    for (let at = 0; at < 20; at++) outbox.add(talk.tell('alice', 'bob'));
    journal.notify();
    expect(await problemsOf(workspace)).toEqual([]);
  }
});
