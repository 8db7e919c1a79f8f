import type { OpenHandler } from '../handler.ts';

export const agents: OpenHandler<'agents'> = ({ store, views }, { params }) => {
  const listed = store.registry.list({ all: params.all ?? false });
  const wanted =
    params.agent_id === undefined ? listed : listed.filter(({ agentId }) => agentId === params.agent_id);
  return { agents: wanted.map((agent) => views.agentInfo(agent)) };
};
