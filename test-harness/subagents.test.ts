/** Mail that comes while a subagent works is the main agent's. */
import type { Answer } from '@lalia/harness/probe';
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { copilot, gemini, type Subject } from './subject.ts';

interface Delegation {
  readonly subject: Subject;
  readonly tool: Answer;
}

const prompt = 'Look around.';
const DELEGATIONS: readonly Delegation[] = [
  {
    // Its hooks say nothing of a subagent.
    subject: gemini,
    tool: { kind: 'tool', name: 'invoke_agent', input: { agent_name: 'generalist', prompt } },
  },
  {
    // They have a session of the subagent's own.
    subject: copilot,
    tool: {
      kind: 'tool',
      name: 'task',
      input: { agent_type: 'general-purpose', name: 'helper', description: 'A look', prompt },
    },
  },
];

test.each(DELEGATIONS)('a subagent of $subject.id does not get it', async ({ subject, tool }) => {
  const scene = await Scene.asleep(subject);
  await scene.hook(subject);
  const alice = await scene.person('alice');
  const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
  model.will(tool, async () => {
    await alice.says(['tell', 'bob', 'For the main agent.']);
    return model.runs('echo inside');
  });
  const at = await model.sees('| For the main agent.');
  expect(model.heard[1]?.raw).not.toContain('Begin.');
  expect(model.heard[at]?.raw).toContain('Begin.');
  expect(model.times('| For the main agent.', at)).toBe(1);
});
