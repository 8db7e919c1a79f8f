/** `lalia verify` on a clone, without a daemon: sound where nothing was touched, and every kind of damage by its name. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { verifies } from '../promises.ts';
import { daemonsOf } from './_daemons.ts';
import { person } from './_people.ts';

const FOLDER = 'peers/alice--bob';
const FIRST = `${FOLDER}/000001-alice.md`;
const SECOND = `${FOLDER}/000002-bob.md`;

const DAMAGES: readonly {
  readonly what: string;
  readonly kind: string;
  readonly to: (clone: string) => void;
}[] = [
  { what: 'a body that was edited', kind: 'bad_signature', to: edit('one', 'won') },
  {
    what: 'a sender that was changed',
    kind: 'wrong_place',
    to: edit('kind: tell\nfrom: alice', 'kind: tell\nfrom: alicia'),
  },
  {
    what: 'a message that was removed',
    kind: 'gap',
    to: (clone) => {
      rmSync(join(clone, SECOND));
    },
  },
  {
    what: 'a message that was copied to a number of its own',
    kind: 'wrong_place',
    to: (clone) => {
      copyFileSync(join(clone, FIRST), join(clone, FOLDER, '000004-alice.md'));
    },
  },
  {
    what: 'a file that is none of ours',
    kind: 'stray_file',
    to: (clone) => {
      writeFileSync(join(clone, FOLDER, 'notes.txt'), 'mine');
    },
  },
];

verifies(
  ['promise.7.without_daemon', 'promise.7.names_faults'],
  'a clone of the transcript is checked without a daemon, and what was changed in it is named',
  async () => {
    await using lalia = new Lalia();
    const { agent: alice } = await person(lalia, 'alice');
    const { agent: bob } = await person(lalia, 'bob');
    await alice.tell('bob', 'one');
    await bob.tell('alice', 'two');
    await alice.tell('bob', 'three');
    await lalia.journaled();
    await lalia.json(['stop']);
    const clone = join(lalia.folder, 'clone');
    await git(lalia.folder, 'clone', '-q', lalia.workspace, clone);
    rmSync(lalia.workspace, { recursive: true });
    expect(await problemsOf(lalia, clone)).toEqual([]);

    DAMAGES[0]?.to(clone);
    expect(await problemsOf(lalia, clone)).toEqual(['uncommitted_edit']);
    await git(clone, 'checkout', '-q', '.');
    for (const { what, kind, to } of DAMAGES) {
      to(clone);
      await git(clone, 'add', '--all');
      await git(clone, 'commit', '-q', '-m', what);
      expect(await problemsOf(lalia, clone), what).toContain(kind);
      await git(clone, 'reset', '-q', '--hard', 'HEAD~1');
    }
    expect(daemonsOf(lalia)).toEqual([]);
  },
);

/** @returns the kinds of what is wrong; the exit code has to say the same. */
async function problemsOf(lalia: Lalia, clone: string): Promise<string[]> {
  const { code, stdout } = await lalia.cli(['verify', clone, '--json']);
  const { problems } = JSON.parse(stdout) as { problems: { kind: string }[] };
  expect(code).toBe(problems.length === 0 ? 0 : 1);
  return problems.map(({ kind }) => kind);
}

function edit(from: string, to: string): (clone: string) => void {
  return (clone) => {
    const text = readFileSync(join(clone, FIRST), 'utf8');
    writeFileSync(join(clone, FIRST), text.replace(from, to));
  };
}
