/** The journal on this daemon's outbox. */
import { Journal } from '@lalia/store';
import type { Context } from './context.ts';
import type { Log } from './events.ts';
import { safePointOf } from './home.ts';

/** Opens the transcript; a copy of it that is not the one of last time is brought up to date. @throws LaliaError `foreign_workspace`. */
export async function openJournal(
  { config, store, chronicle, failpoint, clock }: Context,
  log: Log,
): Promise<Journal> {
  return Journal.open({
    workspace: config.paths.workspace,
    owner: store.databaseId,
    safePoint: safePointOf(config.paths),
    source: {
      begin: async (transcriptId) => {
        if (store.outbox.isFor(transcriptId)) return;
        await store.commits.run(() => {
          store.outbox.restart(transcriptId, () => {
            chronicle.everything();
          });
          const { pruned } = store.retention.get();
          // What was in the old copy alone is not in this one, unless it is a copy of that.
          if (pruned > 0) log('bodies_missing', { messages: pruned });
        });
      },
      next: (bounds) => store.outbox.next(bounds),
      backlog: () => store.outbox.backlog(),
      done: (throughOrd) =>
        store.commits.run(() => {
          store.outbox.remove(throughOrd);
        }),
    },
    failpoint,
    failpoints: config.failpoints,
    log,
    nowMs: () => clock.nowMs(),
  });
}
