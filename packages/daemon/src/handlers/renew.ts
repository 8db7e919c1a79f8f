import type { SignedHandler } from '../handler.ts';

export const renew: SignedHandler<'renew'> = ({ views }, { caller }) => {
  const renewed = views.agent(caller.agentId);
  return { agent: views.agentInfo(renewed), lease_until: renewed.leaseUntilMs };
};
