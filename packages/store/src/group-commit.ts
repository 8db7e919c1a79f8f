/**
 * Group commit: the mutations that arrive in one turn of the event loop run in one transaction, each in its own
 * savepoint, and are answered after the commit, so that one sync to disk serves them all.
 *
 * Invariants: a member that throws takes nobody along; nobody is answered before the commit; when the commit itself
 * fails, every member fails and nothing of it happened.
 */
import { fail, invariant } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { translateSqliteError } from './sqlite-errors.ts';

interface Member {
  /** Does the work; what it returns is called after the commit. */
  readonly work: () => () => void;
  readonly reject: (error: unknown) => void;
}

interface Effect {
  readonly committed: (() => void) | undefined;
  readonly rolledBack: ((error: unknown) => void) | undefined;
}

export interface GroupCommitOptions {
  /** Runs inside every transaction, after its members and before the commit. */
  readonly beforeCommit: () => void;
  /** Runs after every commit, after its members were answered. */
  readonly afterCommit: () => void;
  readonly failpoint: (name: string) => void;
}

type Transaction = Record<'begin' | 'commit' | 'rollback' | 'savepoint' | 'undo' | 'release', Statement<[]>>;

export class GroupCommit {
  readonly #db: Database;
  readonly #sql: Transaction;
  readonly #options: GroupCommitOptions;
  #queue: Member[] = [];
  #effects: Effect[] = [];
  #isScheduled = false;

  constructor(db: Database, options: GroupCommitOptions) {
    this.#db = db;
    this.#options = options;
    this.#sql = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      savepoint: db.prepare('SAVEPOINT member'),
      undo: db.prepare('ROLLBACK TO member'),
      release: db.prepare('RELEASE member'),
    };
  }

  /**
   * Does work in the next transaction.
   * @param work synchronous; what it throws undoes its own changes only.
   * @returns what the work returned, once that is on disk.
   */
  async run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        work: () => {
          const value = work();
          return () => {
            resolve(value);
          };
        },
        reject,
      });
      this.#schedule();
    });
  }

  /** Whether a transaction is open; SQLite ends one by itself when the disk is full. */
  get isOpen(): boolean {
    return this.#db.inTransaction;
  }

  /** Runs a callback after the commit of the transaction that is open, or another one when it is rolled back. */
  onOutcome(effect: Effect): void {
    invariant(this.#db.inTransaction, 'an effect belongs to an open transaction');
    this.#effects.push(effect);
  }

  /** Does part of a member's or hook's work so that its failure undoes that part only. */
  attempt<T>(work: () => T): T {
    const effectsBefore = this.#effects.length;
    this.#sql.savepoint.run();
    try {
      const value = work();
      this.#sql.release.run();
      return value;
    } catch (error) {
      // A full disk makes SQLite roll back the whole transaction by itself; the savepoint is gone with it.
      if (this.#db.inTransaction) {
        this.#sql.undo.run();
        this.#sql.release.run();
        this.#effects.length = effectsBefore;
      }
      throw translateSqliteError(error);
    }
  }

  /** Runs what is queued now, instead of in the next turn. */
  flush(): void {
    while (this.#queue.length > 0) this.#runGroup();
  }

  /** Makes a transaction happen in the next turn, also without a member: `beforeCommit` has something to do. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #runGroup(): void {
    const members = this.#queue;
    this.#queue = [];
    this.#effects = [];
    const answers: (() => void)[] = [];
    const refusals: (() => void)[] = [];
    try {
      this.#sql.begin.run();
      for (const member of members) this.#runMember(member, answers, refusals);
      this.#options.beforeCommit();
      this.#options.failpoint('commit.before');
      this.#sql.commit.run();
      this.#options.failpoint('commit.after');
    } catch (error) {
      this.#abandon(members, translateSqliteError(error));
      return;
    }
    for (const refuse of refusals) refuse();
    for (const answer of answers) answer();
    for (const effect of this.#effects) effect.committed?.();
    this.#options.afterCommit();
  }

  #runMember(member: Member, answers: (() => void)[], refusals: (() => void)[]): void {
    try {
      answers.push(this.attempt(member.work));
    } catch (error) {
      if (!this.#db.inTransaction) throw error;
      refusals.push(() => {
        member.reject(error);
      });
    }
  }

  #abandon(members: readonly Member[], error: unknown): void {
    if (this.#db.inTransaction) this.#sql.rollback.run();
    const reason =
      error instanceof Error ? error : fail('internal', 'The transaction failed.', { cause: error });
    for (const member of members) member.reject(reason);
    for (const effect of this.#effects) effect.rolledBack?.(reason);
  }
}
