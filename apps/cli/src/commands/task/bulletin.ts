import type { TaskList } from '@lalia/client';
import { command, type Output } from '../../command.ts';
import { type Bulletin, bulletin } from '../../render/task-list.ts';
import { isHere, type TaskScope, taskScope } from '../../task-scope.ts';

export const taskBulletin = command({
  name: 'task bulletin',
  group: 'Tasks',
  summary: 'Show the tasks that are not merged, the one of this branch first.',
  args: {},
  flags: { watch: { kind: 'switch', summary: 'Show them again after each change, until interrupted.' } },
  examples: [],
  run: async ({ flags, session }) => {
    const scope = await taskScope(session);
    const { tasks } = await session.client();
    if (!flags.watch) return openTasks(await tasks.list(scope.project), scope);
    for await (const list of tasks.watch(scope.project)) await session.show(outputOf(openTasks(list, scope)));
    return undefined;
  },
  document: (shown) => shown?.list,
  render: (shown) => (shown === undefined ? '' : bulletin(shown)),
});

/** What is not merged, with the task of this worktree first. */
function openTasks(list: TaskList, { location }: TaskScope): Bulletin {
  const open = list.tasks.filter(({ status }) => status !== 'merged');
  const here = open.find((task) => isHere(task, location));
  const tasks = here === undefined ? open : [here, ...open.filter((task) => task !== here)];
  return { list: { ...list, tasks }, here: here?.slug };
}

function outputOf(shown: Bulletin): Output {
  return { document: shown.list, text: () => `${bulletin(shown)}\n` };
}
