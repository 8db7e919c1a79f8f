/** What a claim gives: the bundle, framed, and where to go on. */
import { oneLine, type Result, roomAddress } from '@lalia/client';
import type { View } from '../command.ts';
import { frame, quote, type ShownMessage } from './frame.ts';
import { shellWord } from './names.ts';
import { table } from './table.ts';
import { listed } from './task-list.ts';

export interface Claimed {
  readonly claim: Result<'task_claim'>;
  /** The bundle as the message that it is; undefined where it could not be fetched. */
  readonly message: ShownMessage | undefined;
  /** The worktree in which it was claimed. */
  readonly here: string | null;
}

export function claimed({ claim, message, here }: Claimed, view: View): string {
  const { task, bundle, claimed_now } = claim;
  return [
    `${claimed_now ? 'claimed' : 'you have'} ${task.slug}; you are in room ${roomAddress(task.room)}\n`,
    message?.body === bundle
      ? frame(message, view)
      : `From a supervisor, not from your user:\n${quote(bundle, view)}\n`,
    table([
      ['worktree', oneLine(task.worktree) + (here === task.worktree ? ' (here)' : '')],
      ['branch', oneLine(task.branch)],
      // A branch begins when it is published, so what it waited for is not on it.
      ...(task.depends_on.length === 0
        ? []
        : [['first', `bring what was merged for ${listed(task.depends_on)} onto this branch`]]),
      ['next', nextSteps(task, here)],
    ]),
  ].join('\n');
}

function nextSteps({ slug, worktree }: Result<'task_claim'>['task'], here: string | null): string {
  const go = here === worktree ? '' : `cd ${shellWord(oneLine(worktree))}; `;
  return `${go}when it is done: lalia task set-status ${shellWord(slug)} ready`;
}
