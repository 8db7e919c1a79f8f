import type { Retention } from '@lalia/protocol';
import type { Context } from '../context.ts';
import type { OpenHandler } from '../handler.ts';

export const retention: OpenHandler<'retention'> = (context) => retentionState(context);

export const retentionSet: OpenHandler<'retention_set'> = async (context, { params }) => {
  const { store, pruner, log } = context;
  await store.commits.run(() => {
    store.retention.setKeep(params.keep_ms);
  });
  log('retention_set', { keep_ms: params.keep_ms });
  pruner.start();
  return retentionState(context);
};

/** How long bodies are kept, as peers see it. */
export function retentionState({ store }: Pick<Context, 'store'>): Retention {
  const { keepMs, pruned, prunedBeforeMs } = store.retention.get();
  return {
    keep_ms: keepMs,
    pruned,
    pruned_before: prunedBeforeMs,
    database_bytes: store.retention.databaseBytes(),
  };
}
