/**
 * Turns that were reported and are not answered yet. Like a read, a turn never takes mail by itself: it is served at the end of
 * the group commit, after the blocked reads of its agent, so that it takes nothing that one of them waits for.
 */
import { fail, type LaliaError, type ParsedParams, type Result } from '@lalia/protocol';
import type { AgentRecord, GroupCommit } from '@lalia/store';
import type { Connection } from '../socket/connection.ts';

export interface TurnRequest {
  readonly agent: AgentRecord;
  readonly params: ParsedParams<'turn'>;
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly request: TurnRequest;
  readonly resolve: (result: Result<'turn'>) => void;
  readonly reject: (error: LaliaError) => void;
}

export interface TurnLineOptions {
  /** Notes where the turn is, and hands out what there is for it. Runs inside a transaction. */
  readonly serve: (request: TurnRequest) => Result<'turn'>;
  /** Takes back what `serve` noted outside the database. */
  readonly undo: (result: Result<'turn'>) => void;
}

export class TurnLine {
  readonly #options: TurnLineOptions;
  #line: Waiting[] = [];

  constructor(options: TurnLineOptions) {
    this.#options = options;
  }

  /** Joins the line, in the transaction that is open and at whose end it is served. */
  join(request: TurnRequest, commits: GroupCommit): Promise<Result<'turn'>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result<'turn'>>();
    // After a rollback nobody waits for this; without a listener its rejection would end the process.
    promise.catch(() => undefined);
    const waiting: Waiting = { request, resolve, reject };
    this.#line.push(waiting);
    commits.onOutcome({
      committed: undefined,
      rolledBack: (error) => {
        this.#line = this.#line.filter((other) => other !== waiting);
        reject(error);
      },
    });
    return promise;
  }

  /** Serves who is in line. Runs inside every transaction, before its commit. */
  serve(commits: GroupCommit): void {
    for (const waiting of this.#line.splice(0)) this.#serveOne(waiting, commits);
  }

  #serveOne({ request, resolve, reject }: Waiting, commits: GroupCommit): void {
    if (!request.connection.isOpen || request.signal.aborted) {
      reject(fail('cancelled', 'The call was ended by its caller.'));
      return;
    }
    try {
      const result = commits.attempt(() => this.#options.serve(request));
      commits.onOutcome({
        committed: () => {
          resolve(result);
        },
        rolledBack: (error) => {
          this.#options.undo(result);
          reject(error as LaliaError);
        },
      });
    } catch (error) {
      // There is nothing to serve the others from when the whole transaction is gone.
      if (!commits.isOpen) throw error;
      reject(error as LaliaError);
    }
  }
}
