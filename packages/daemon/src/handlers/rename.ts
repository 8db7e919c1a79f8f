import { fail } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import type { SignedHandler } from '../handler.ts';
import { checkFree } from '../naming.ts';
import { tasksChanged } from '../tasks/changes.ts';

export const rename: SignedHandler<'rename'> = (context, { params, caller }) => {
  const { store, chronicle, clock, views } = context;
  if (caller.kind === 'human')
    throw fail('name_reserved', 'The person at this machine is always called human.', {
      hint: 'Only an agent can be renamed: say which with --as NAME.',
    });
  if (params.name !== caller.name) {
    checkFree(context, { name: params.name, project: caller.project });
    store.registry.rename(caller, params.name, clock.nowMs());
    const renamed = views.agent(caller.agentId);
    chronicle.renamed(renamed, caller.name);
    renameInTasks(context, renamed, caller.name);
  }
  return {
    agent: views.agentRef(views.agent(caller.agentId)),
    former_names: store.registry.formerNames(caller.agentId),
  };
};

/** The lists of tasks name owners and supervisors. */
function renameInTasks(context: Context, agent: AgentRecord, formerName: string): void {
  const { tasks } = context.store;
  const projects = new Set([
    ...tasks.ownedBy(agent.agentId).map(({ project }) => project),
    ...tasks.lists().flatMap(({ project, supervisor }) => (supervisor === agent.agentId ? [project] : [])),
  ]);
  const subject = `${formerName} is called ${agent.name} now`;
  for (const project of projects) tasksChanged(context, { project, by: agent, subject });
}
