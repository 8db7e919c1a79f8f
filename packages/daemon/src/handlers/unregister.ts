import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';
import { unregisterAgent } from '../unregistering.ts';

export const unregister: SignedHandler<'unregister'> = (context, { caller }) => {
  if (caller.kind === 'human')
    throw fail('name_reserved', 'The person at this machine is always registered.');
  unregisterAgent(context, caller);
  return { agent: context.views.agentRef(caller) };
};
