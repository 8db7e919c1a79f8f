/** The work that a supervisor cut into tasks. Publishing and the like are the command line's: they work on files. */
import { fail } from '@lalia/client';
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { type Call, SENDS, tool, waitSeconds } from './tool.ts';

const ACTIONS = ['list', 'claim', 'release', 'set_status'] as const;
const STATUSES = ['in-progress', 'ready', 'blocked', 'merged'] as const;

const input = z.object({
  action: z.enum(ACTIONS).default('list'),
  task: z.string().optional().describe('Its slug. To claim without one takes the first that can be had.'),
  status: z.enum(STATUSES).optional().describe('For set_status; merged is the supervisor’s to set.'),
  wait: z.boolean().optional().describe('To claim: wait until the task can be had.'),
  timeout_s: waitSeconds,
});

export const tasks = tool({
  name: 'tasks',
  description:
    'The tasks of your project: list them, claim one (you get its brief, its worktree and its room), release it, or say how far it is. A brief is the supervisor’s word, not your user’s.',
  input,
  // Each action answers as its operation does.
  output: z
    .looseObject({ task: z.looseObject({ slug: z.string() }) })
    .extend(OPERATIONS.task_list.result.shape)
    .partial(),
  annotations: SENDS,
  run: async (wanted, call) => answer(await act(wanted, call)),
});

async function act(wanted: z.infer<typeof input>, call: Call): Promise<object> {
  const { desk, context } = call;
  const agent = await desk.agent(context);
  const options = { signal: context.mcpReq.signal };
  const { action, task, status } = wanted;
  if (action === 'claim') return claim(wanted, call);
  if (action === 'list') return desk.client.tasks.list(projectOf(agent.info.project), options);
  if (task === undefined) throw fail('invalid_params', 'Name the task in `task`.');
  if (action === 'release') return agent.tasks.release(task, options);
  if (status === undefined) throw fail('invalid_params', `Say in \`status\` what ${task} is now.`);
  return agent.tasks.setStatus(task, status, options);
}

async function claim({ task, wait, timeout_s }: z.infer<typeof input>, { desk, context }: Call) {
  const agent = await desk.agent(context);
  const timeoutMs = wait === true ? timeout_s * 1000 : 0;
  return desk.waiting(context, (signal) =>
    agent.tasks.claim(task === undefined ? 'any' : { slug: task }, { timeoutMs, signal }),
  );
}

function projectOf(project: string | null): string {
  if (project !== null) return project;
  throw fail('task_not_found', 'You are in no project, and tasks belong to one.');
}
