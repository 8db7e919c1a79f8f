/** How a request, which is checked inside a transaction, goes on with git, which takes its time. */
import type { Context } from '../context.ts';

/**
 * Does work in a repository's turn, once the transaction that is open has been committed.
 * @param root the main worktree of the repository.
 */
export function inTurn<T>(
  { store, repositoryTurns }: Context,
  root: string,
  work: () => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  // After a rollback nobody waits for this; without a listener its rejection would end the process.
  promise.catch(() => undefined);
  store.commits.onOutcome({
    committed: () => {
      repositoryTurns.take(root, work).then(resolve, reject);
    },
    rolledBack: reject,
  });
  return promise;
}
