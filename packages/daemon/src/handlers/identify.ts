import { toBase64Url } from '@lalia/protocol';
import type { OpenHandler } from '../handler.ts';

export const identify: OpenHandler<'identify'> = ({ callers, views }, { params }) => {
  const { agent, how } = callers.identify(params);
  return { agent: views.agentInfo(agent), how, public_key: toBase64Url(agent.publicKey) };
};
