/** What `hooks install --allow` lets an agent run without asking its person, and what not. */
import { becomes } from '@lalia/testkit';
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, gemini, qwenCode, type Subject } from './subject.ts';

test.each([claudeCode, qwenCode, gemini])(
  '$id runs harmless commands unasked, and asks for others',
  async (eager) => {
    // Whose person is asked for whatever is not allowed.
    const subject: Subject = { ...eager, args: eager.args.filter((word) => word !== '-y') };
    const scene = await Scene.open(subject);
    await scene.hook(subject);
    const alice = await scene.person('alice');
    const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    model.will(model.runs('lalia tell alice "Unasked."'), model.runs('lalia run peer --aider --name other'));
    await model.asked(2);
    expect(await alice.says(['read-any', '--timeout', '0'])).toContain('Unasked.');
    await becomes(async () => (await scene.agent('bob'))?.turn?.state === 'asking');
  },
);
