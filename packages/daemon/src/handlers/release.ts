import type { SignedHandler } from '../handler.ts';

export const release: SignedHandler<'release'> = ({ store, held, waiters }, { params, caller }) => {
  const released = store.mailboxes.release(params.delivery_id, caller.agentId);
  store.commits.onOutcome({
    committed: () => {
      held.forget(params.delivery_id);
    },
    rolledBack: undefined,
  });
  waiters.mailChanged(caller.agentId);
  return { released };
};
