import type { SignedHandler } from '../handler.ts';

export const renew: SignedHandler<'renew'> = ({ views, presence }, { caller }) => ({
  agent: views.agentInfo(views.agent(caller.agentId)),
  lease_until: presence.leaseUntilMs(),
});
