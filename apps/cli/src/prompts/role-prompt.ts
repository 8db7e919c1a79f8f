/** What an agent is told about its role: every word is read by a model at the start of every session. */
import type { Role } from '@lalia/client';
import { agents } from '../commands/agents.ts';
import { ask } from '../commands/ask.ts';
import { post } from '../commands/post.ts';
import { readAny } from '../commands/read-any.ts';
import { reply } from '../commands/reply.ts';
import { taskBulletin } from '../commands/task/bulletin.ts';
import { taskClaim } from '../commands/task/claim.ts';
import { taskHandoff } from '../commands/task/handoff.ts';
import { taskPublish } from '../commands/task/publish.ts';
import { taskReassign } from '../commands/task/reassign.ts';
import { taskRelease } from '../commands/task/release.ts';
import { taskSetStatus } from '../commands/task/set-status.ts';
import { taskUnpublish } from '../commands/task/unpublish.ts';
import { tell } from '../commands/tell.ts';
import { waiting } from '../commands/waiting.ts';
import { rules } from './rules.ts';
import { type ShownCommand, shownCommand } from './shown-command.ts';

/** The prompt of a role, the same bytes wherever it is printed or handed over. */
export function rolePrompt(role: Role): string {
  return `${[introduction(role), TALK, ...ROLE_PARTS[role], RULES].join('\n\n')}\n`;
}

function introduction(role: Role): string {
  return `# Lalia: you are a ${role}

Lalia carries messages between the coding agents on this machine, and the person, \`human\`. ${PURPOSES[role]}

First, once a session: \`lalia register --role ${role}\` (\`lalia run\` did it already). \`lalia whoami\` says your name.`;
}

const PURPOSES: Readonly<Record<Role, string>> = {
  peer: 'You work as equals: tell others what concerns them, ask who knows.',
  worker: 'A supervisor publishes tasks; you claim one, do it in its worktree, and report.',
  supervisor: 'You split the work into tasks for workers, answer them, and merge what they finish.',
};

/** What every agent does with others. */
export const TALK = list(
  { command: agents, does: 'who is there' },
  { command: tell, does: 'send; stored when it returns' },
  { command: ask, flags: ['timeout'], does: 'send and wait for the answer' },
  { command: readAny, flags: ['timeout'], does: 'the next unread message; 0 does not wait' },
  { command: reply, does: 'answer what you read last' },
  { command: post, does: 'send to a room' },
  { command: waiting, does: 'open questions; answer those you owe before you stop' },
);

const ROLE_PARTS: Readonly<Record<Role, readonly string[]>> = {
  peer: [],
  worker: [
    list(
      { command: taskBulletin, does: 'the tasks' },
      {
        command: taskClaim,
        flags: ['any', 'wait'],
        does: "take one (default: this branch's); prints its brief and paths",
      },
      { command: taskSetStatus, does: '`in-progress`, `ready` when committed and tested, `blocked`' },
      { command: taskRelease, does: 'give it back' },
    ),
    "Work only in your task's worktree and branch; change only paths that it owns. Its room has its slug: post there what others must know, ask your supervisor there. Stuck: set `blocked`, say why.",
  ],
  supervisor: [
    list(
      {
        command: taskPublish,
        flags: ['file'],
        does: 'make worktree, branch, room and task of each workstream',
      },
      { command: taskBulletin, flags: ['watch'], does: 'how the tasks are' },
      { command: taskSetStatus, does: '`merged`, after you merged the branch' },
      { command: taskReassign, does: 'give a task to somebody else' },
      { command: taskUnpublish, does: 'take it off the list' },
      { command: taskHandoff, does: 'another supervisor goes on' },
    ),
    `A plan (JSON or YAML): \`{"workstreams": ["slug": "auth", "branch": "feat/auth", "brief": "all that a worker needs", "owned_paths": ["src/auth/**"], "contracts": ["other_slug": "ui", "note": "…"], "depends_on": ["db"]]}\`; the last three are optional. Worktrees are \`../wt/<slug>\`. You cannot claim. Workstreams should not own the same paths; write what passes between them into contracts. Each task has a room of its slug, where you answer. A worker that sets \`ready\` waits for your review.`,
  ],
};

/** What holds for every agent, and where to look further. */
export const RULES = `Rules:\n${rules()}\n- \`lalia protocol\`: the whole reference.`;

function list(...commands: readonly ShownCommand[]): string {
  return commands.map(shownCommand).join('\n');
}
