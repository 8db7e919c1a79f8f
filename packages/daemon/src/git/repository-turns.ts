/**
 * Work on git repositories, one piece at a time for each: a turn begins when the one before it has ended. While the daemon
 * starts, the first turn of a repository finishes what the daemon before it left.
 *
 * When the daemon stops, turns that have not begun are refused, and one that runs ends at its next `goOn`: git's work is
 * never left half way by this, and what was recorded is finished by the next daemon.
 */
import type { LaliaError } from '@lalia/protocol';
import type { Background } from '../background.ts';

export class RepositoryTurns {
  readonly #background: Background;
  /** The last turn of each repository, for as long as it runs. */
  readonly #last = new Map<string, Promise<unknown>>();
  #end: LaliaError | undefined;

  constructor(background: Background) {
    this.#background = background;
  }

  /**
   * Does work when the repository's earlier turns have ended, however they ended.
   * @param root the main worktree of the repository.
   * @throws what the work throws, or what the turns were ended with.
   */
  take<T>(root: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(root) ?? Promise.resolve();
    const turn = before.then(() => {
      this.goOn();
      return work();
    });
    const over = turn.catch(() => undefined);
    this.#last.set(root, over);
    this.#background.run('turn', async () => {
      await over;
      if (this.#last.get(root) === over) this.#last.delete(root);
    });
    return turn;
  }

  /** To be called between any two steps of a turn. @throws LaliaError what the turns were ended with. */
  goOn(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Ends them all; a stop waits for the step that runs. */
  end(error: LaliaError): void {
    this.#end ??= error;
  }
}
