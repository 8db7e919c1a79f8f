import {
  type Agent,
  type ClaimTarget,
  fail,
  isLaliaError,
  type PastMessage,
  type Result,
  workingPlace,
} from '@lalia/client';
import { command } from '../../command.ts';
import { claimed } from '../../render/claimed.ts';
import { TIMEOUT_FLAG } from '../../waiting.ts';

export const taskClaim = command({
  name: 'task claim',
  group: 'Tasks',
  summary: 'Take an open task: it is yours, you join its room, and its bundle is printed.',
  args: {
    slug: { summary: 'The task; without it the one of this branch.', optional: true, completes: 'task' },
  },
  flags: {
    any: { kind: 'switch', summary: 'The first task that can be claimed.' },
    wait: { kind: 'switch', summary: 'Wait until it can be claimed.' },
    timeout: { ...TIMEOUT_FLAG, summary: `With --wait: ${TIMEOUT_FLAG.summary}` },
  },
  examples: [
    { does: 'Take the task of this branch', line: 'lalia task claim' },
    { does: 'Wait for work', line: 'lalia task claim --any --wait' },
  ],
  run: async ({ args, flags, session }) => {
    const target = targetOf(args.slug, flags.any);
    if (flags.timeout !== undefined && !flags.wait) {
      throw fail('invalid_params', '--timeout is for --wait.', {
        hint: 'Add --wait to wait until it can be claimed.',
      });
    }
    const agent = await session.agent();
    const timeoutMs = flags.wait ? session.waitMs(flags.timeout) : 0;
    const claim = await agent.tasks.claim(target, { timeoutMs });
    const { repo_root: here } = workingPlace().location;
    return { claim, message: await firstMessage(agent, claim), here };
  },
  document: ({ claim, message }) => ({ ...claim, from: message?.from ?? null }),
  render: claimed,
});

function targetOf(slug: string | undefined, any: boolean): ClaimTarget {
  if (any && slug === undefined) return 'any';
  if (any) throw fail('invalid_params', '--any and a task exclude each other.');
  if (slug !== undefined) return { slug };
  const { branch } = workingPlace().location;
  if (branch !== null) return { branch };
  throw fail('invalid_params', 'There is no branch here that would tell the task.', {
    hint: 'Name the task, or take any with --any; `lalia task bulletin` lists them.',
  });
}

/** The bundle as its sender signed it. The task is claimed whether or not it can be shown that way. */
async function firstMessage(agent: Agent, { task }: Result<'task_claim'>): Promise<PastMessage | undefined> {
  try {
    const { messages } = await agent.history({ room: task.room.room_id }, { sinceSeq: 0, limit: 1 });
    return messages[0];
  } catch (error) {
    if (isLaliaError(error)) return undefined;
    throw error;
  }
}
