/** Every way to damage a transcript that `verify` has to find, done with real git, and which message it has to name first. */

import type { KeyObject } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMessage, parseMessage, signedContentOf, signRequest } from '@lalia/protocol';
import { git } from '@lalia/testkit';

export interface Clone {
  readonly path: string;
  /** Bob's, with which a message of Alice's can be signed. */
  readonly otherKey: KeyObject;
}

export interface Damage {
  readonly what: string;
  /** One of the problems has this kind. */
  readonly kind: string;
  /** The number of the first wrong message in `peers/alice--bob`; undefined when no message is wrong. */
  readonly seq: number | undefined;
  /** Where it is, if not in that message's file. */
  readonly path?: string;
  /** Without this it is not committed. */
  readonly commit?: true;
  /** The end of the clone is known to be what it was before. */
  readonly expectEnd?: true;
  readonly to: (clone: Clone) => unknown;
}

/** The channel: one, two, three, four; the odd ones are Alice's. */
const FOLDER = 'peers/alice--bob';

export const pathOf = (seq: number): string =>
  `${FOLDER}/00000${String(seq)}-${seq % 2 === 1 ? 'alice' : 'bob'}.md`;

export const DAMAGES: readonly Damage[] = [
  { what: 'a body that was edited', kind: 'uncommitted_edit', seq: 2, to: edit(2, 'two', 'too') },
  {
    what: 'a body that was edited and committed',
    kind: 'bad_signature',
    seq: 2,
    commit: true,
    to: edit(2, 'two', 'too'),
  },
  {
    what: 'a time that was edited',
    kind: 'damaged_message',
    seq: 3,
    commit: true,
    to: edit(3, /^at: \d+/m, 'at: 1999'),
  },
  {
    what: 'a sender that was edited',
    kind: 'wrong_place',
    seq: 3,
    commit: true,
    to: edit(3, 'from: alice', 'from: alicia'),
  },
  {
    what: 'a flag that was added',
    kind: 'bad_signature',
    seq: 1,
    commit: true,
    to: edit(1, 'nonce:', 'needs_answer: true\nnonce:'),
  },
  { what: 'a file that was removed', kind: 'uncommitted_deletion', seq: 2, to: remove(2) },
  {
    what: 'a file that was removed and committed',
    kind: 'gap',
    seq: 2,
    path: FOLDER,
    commit: true,
    to: remove(2),
  },
  { what: 'a copy under a number of its own', kind: 'wrong_place', seq: 5, commit: true, to: copy },
  { what: 'an uncommitted copy', kind: 'stray_file', seq: 5, to: copy },
  {
    what: 'a file that is none of ours',
    kind: 'stray_file',
    seq: undefined,
    path: 'notes.txt',
    commit: true,
    to: note,
  },
  { what: 'two messages that changed places', kind: 'changed_later', seq: 1, commit: true, to: swap },
  { what: 'a signature with another key', kind: 'bad_signature', seq: 3, commit: true, to: signAnew },
  {
    what: 'a key that was swapped in the registry',
    kind: 'bad_signature',
    seq: 1,
    commit: true,
    to: swapKey,
  },
  {
    what: 'a history that was rebased',
    kind: 'rewritten_commit',
    seq: 2,
    to: (clone) => rebase(clone, '-f', `${shaOf(2)}^`),
  },
  { what: 'two commits that became one', kind: 'foreign_commit', seq: 3, to: squash },
  {
    what: 'two commits that became one in a rebase',
    kind: 'rewritten_commit',
    seq: 3,
    to: (clone) => edited(clone, '2s/^pick/fixup/', 3),
  },
  { what: 'two commits in another order', kind: 'wrong_order', seq: 3, to: reorder },
  {
    what: 'a commit that was amended',
    kind: 'rewritten_commit',
    seq: 4,
    to: (clone) => run(clone, 'commit', '-q', '--amend', '-m', 'mine'),
  },
  {
    what: 'a commit that was dropped from the middle',
    kind: 'gap',
    seq: 2,
    path: FOLDER,
    to: (clone) => edited(clone, '1d', 2),
  },
  {
    what: 'an end that was cut off',
    kind: 'missing_commit',
    seq: 3,
    expectEnd: true,
    to: (clone) => run(clone, 'reset', '-q', '--hard', 'HEAD~2'),
  },
  {
    what: 'a parent that was grafted',
    kind: 'replaced_commit',
    seq: 4,
    to: (clone) => run(clone, 'replace', '--graft', 'HEAD', 'HEAD~3'),
  },
  { what: 'a history without its beginning', kind: 'wrong_beginning', seq: 1, to: beginAnew },
  { what: 'a merge', kind: 'foreign_commit', seq: 4, to: merge },
];

function edit(seq: number, from: string | RegExp, to: string): Damage['to'] {
  return ({ path }) => {
    const file = join(path, pathOf(seq));
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  };
}

function remove(seq: number): Damage['to'] {
  return ({ path }) => {
    rmSync(join(path, pathOf(seq)));
  };
}

function copy({ path }: Clone): void {
  copyFileSync(join(path, pathOf(1)), join(path, pathOf(5)));
}

function note({ path }: Clone): void {
  writeFileSync(join(path, 'notes.txt'), 'mine');
}

/** Alice's two messages, each with the other's number and chain: every file is well-formed, and every signature fits. */
function swap({ path }: Clone): void {
  const texts = [1, 3].map((seq) => parseMessage(readFileSync(join(path, pathOf(seq)), 'utf8')));
  const [one, three] = texts;
  if (one === undefined || three === undefined) throw new Error('two were read');
  writeFileSync(join(path, pathOf(1)), formatMessage({ ...three, seq: 1, prev: one.prev }));
  writeFileSync(join(path, pathOf(3)), formatMessage({ ...one, seq: 3, prev: three.prev }));
}

function signAnew({ path, otherKey }: Clone): void {
  const file = join(path, pathOf(3));
  const message = parseMessage(readFileSync(file, 'utf8'));
  writeFileSync(file, formatMessage({ ...message, sig: signRequest(signedContentOf(message), otherKey) }));
}

function swapKey({ path }: Clone): void {
  const [alice, bob] = [1, 2].map((seq) => {
    const { from_id } = parseMessage(readFileSync(join(path, pathOf(seq)), 'utf8'));
    const file = join(path, 'registry', `${from_id}.json`);
    return { file, text: readFileSync(file, 'utf8') };
  });
  const key = /"public_key": ".*"/;
  writeFileSync(alice?.file ?? '', (alice?.text ?? '').replace(key, key.exec(bob?.text ?? '')?.[0] ?? ''));
}

async function squash(clone: Clone): Promise<void> {
  await run(clone, 'reset', '-q', '--soft', 'HEAD~2');
  await run(clone, 'commit', '-q', '-m', 'Two at once');
}

function reorder(clone: Clone): Promise<unknown> {
  return edited(clone, '1{h;d};2G', 2);
}

/** The files of the end, in one commit without any before it. */
async function beginAnew(clone: Clone): Promise<void> {
  const commit = await run(clone, 'commit-tree', 'HEAD^{tree}', '-m', 'Everything');
  await run(clone, 'reset', '-q', '--hard', commit.trim());
}

async function merge(clone: Clone): Promise<void> {
  await run(clone, 'checkout', '-q', '-b', 'side', 'HEAD~1');
  await run(clone, 'commit', '-q', '--allow-empty', '-m', 'Beside');
  await run(clone, 'checkout', '-q', 'main');
  await run(clone, 'merge', '-q', '--no-edit', 'side');
}

/** The commit that brought a message, as git finds it. */
const shaOf = (seq: number): string =>
  `:/^${seq % 2 === 1 ? 'alice -> bob' : 'bob -> alice'} ${String(seq)}:`;

/** Rebases from a message on, with a list that `sed` has changed. */
async function edited(clone: Clone, script: string, seq: number): Promise<unknown> {
  const base = await run(clone, 'rev-parse', `${shaOf(seq)}`);
  const editor = `sequence.editor=sed -i -e '${script}'`;
  return run(clone, '-c', editor, '-c', 'core.editor=true', 'rebase', '-q', '-i', `${base.trim()}^`);
}

async function rebase(clone: Clone, flag: string, base: string): Promise<unknown> {
  const commit = await run(clone, 'rev-parse', base.slice(0, -1));
  return run(clone, 'rebase', '-q', flag, `${commit.trim()}^`);
}

function run({ path }: Clone, ...args: string[]): Promise<string> {
  return git(path, ...args);
}
