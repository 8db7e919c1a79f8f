import { ERRORS, fail, type Reason } from '@lalia/client';
import { expect, test } from 'vitest';
import { toolHint } from './hints.ts';

test('no error that a tool can meet sends its model to a command that a tool stands for', () => {
  const command =
    /lalia (agents|ask|history|join|post|read|register|reply|resolve|rooms|search|tell|waiting|task claim|task list)\b/;
  const hints = Object.keys(ERRORS).map((reason) => toolHint(fail(reason as Reason, 'No.')));
  expect(hints.filter((hint) => command.test(hint))).toEqual([]);
});

test.each([
  ['agent_not_found', 'Did you mean ann?', 'Did you mean ann?'],
  ['agent_not_found', '`lalia agents --all` lists the agents.', '`agents` lists the agents.'],
  [
    'agent_not_found',
    'auth is a room: `lalia post auth` sends to its members.',
    'auth is a room: `post` sends to its members.',
  ],
  ['room_not_found', undefined, '`rooms` lists the rooms; `rooms` with action join makes you a member.'],
  ['invalid_params', 'Read the answers there: lalia read auth --room', 'Read the answers there: `read`'],
  ['not_registered', 'Run `lalia register`: it takes the name from LALIA_NAME.', 'Call `register` first.'],
  [
    'task_not_claimable',
    'Wait for a task with `lalia task claim --any --wait`; `lalia task list` shows who has which.',
    'Wait for a task with `tasks` with action claim and `wait`; `tasks` shows who has which.',
  ],
  ['daemon_running', undefined, 'Stop it with `lalia stop`, then call again.'],
] as const)('%s: %s', (reason, hint, said) => {
  expect(toolHint(fail(reason, 'No.', hint === undefined ? {} : { hint }))).toBe(said);
});
