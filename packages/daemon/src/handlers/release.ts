import type { SignedHandler } from '../handler.ts';
import { givenBack } from '../turns/given-back.ts';

export const release: SignedHandler<'release'> = (context, { params, caller }) => {
  const { store, held, waiters } = context;
  const released = store.mailboxes.release(params.delivery_id, caller.agentId);
  const delivery = held.get(params.delivery_id);
  if (delivery?.agentId === caller.agentId) givenBack(context, delivery);
  store.commits.onOutcome({
    committed: () => {
      held.forget(params.delivery_id);
    },
    rolledBack: undefined,
  });
  waiters.mailChanged(caller.agentId);
  return { released };
};
