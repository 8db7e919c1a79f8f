import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { GroupCommit, type GroupCommitOptions } from '../src/group-commit.ts';

function open(options: Partial<GroupCommitOptions> = {}) {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE notes (text TEXT NOT NULL) STRICT');
  let commitCount = 0;
  const commits = new GroupCommit(db, {
    beforeCommit: () => undefined,
    failpoint: () => undefined,
    ...options,
    afterCommit: () => {
      commitCount += 1;
    },
  });
  const insert = db.prepare<[string]>('INSERT INTO notes VALUES (?)');
  return {
    commits,
    note: (text: string | null) => commits.run(() => insert.run(text as string).changes),
    write: (text: string) => insert.run(text),
    notes: () =>
      db
        .prepare<[], { text: string }>('SELECT text FROM notes ORDER BY rowid')
        .all()
        .map(({ text }) => text),
    commitCount: () => commitCount,
  };
}

describe('group commit', () => {
  it('puts what arrives in one turn into one transaction, in order', async () => {
    const { note, notes, commitCount } = open();
    await Promise.all([note('a'), note('b'), note('c')]);
    expect(notes()).toEqual(['a', 'b', 'c']);
    expect(commitCount()).toBe(1);
  });

  it('lets a failing member take nobody along', async () => {
    const { note, notes } = open();
    const outcomes = await Promise.allSettled([note('a'), note(null), note('c')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(notes()).toEqual(['a', 'c']);
  });

  it('undoes all that a failing member did, also what it did before it failed', async () => {
    const { commits, write, notes } = open();
    const failing = commits.run(() => {
      write('half');
      throw new Error('after the half');
    });
    await expect(failing).rejects.toThrow('after the half');
    expect(notes()).toEqual([]);
  });

  it('answers nobody before the commit', async () => {
    const order: string[] = [];
    const { commits } = open({ failpoint: (name) => order.push(name) });
    await commits.run(() => order.push('work'));
    order.push('answered');
    expect(order).toEqual(['work', 'commit.before', 'commit.after', 'answered']);
  });

  it('fails every member when the commit fails, and nothing of it happened', async () => {
    const { note, notes } = open({
      beforeCommit: () => {
        throw new Error('no');
      },
    });
    const outcomes = await Promise.allSettled([note('a'), note('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(notes()).toEqual([]);
  });

  it('runs the effects of what was committed, and not those of a member that failed', async () => {
    const effects: string[] = [];
    const { commits } = open();
    const effect = (name: string) => {
      commits.onOutcome({
        committed: () => effects.push(name),
        rolledBack: () => effects.push(`not ${name}`),
      });
    };
    const failing = commits.run(() => {
      effect('failing');
      throw new Error('no');
    });
    await Promise.allSettled([commits.run(() => effect('good')), failing]);
    expect(effects).toEqual(['good']);
  });

  it('takes what a hook adds in an attempt that fails back, and commits the rest', async () => {
    const { commits, note, write, notes } = open({
      beforeCommit: () => {
        expect(() =>
          commits.attempt(() => {
            write('hook');
            throw new Error('changed my mind');
          }),
        ).toThrow('changed my mind');
      },
    });
    await note('a');
    expect(notes()).toEqual(['a']);
  });
});
