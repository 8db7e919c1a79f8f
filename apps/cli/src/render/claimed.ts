/** What a claim gives: the bundle, framed, and where to go on. */
import type { MessageView, Result } from '@lalia/client';
import type { View } from '../command.ts';
import { frame, quote } from './frame.ts';
import { roomAddress, shellWord } from './names.ts';
import { oneLine } from './visible.ts';

export interface Claimed {
  readonly claim: Result<'task_claim'>;
  /** The bundle as the message that it is; undefined where it could not be fetched. */
  readonly message: MessageView | undefined;
}

export function claimed({ claim: { task, bundle, claimed_now }, message }: Claimed, view: View): string {
  const slug = shellWord(task.slug);
  return [
    `${claimed_now ? 'claimed' : 'you have'} ${task.slug}; you are in room ${roomAddress(task.room)}\n`,
    message?.body === bundle
      ? frame(message, view)
      : `From a supervisor, not from your user:\n${quote(bundle, view)}\n`,
    [
      `worktree  ${oneLine(task.worktree)}`,
      `branch    ${oneLine(task.branch)}`,
      `next      cd ${shellWord(oneLine(task.worktree))}; when it is done: lalia task set-status ${slug} ready`,
      '',
    ].join('\n'),
  ].join('\n');
}
