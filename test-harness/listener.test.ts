/**
 * What wakes an idle Claude Code besides its inbox socket: the hook that waits in the background, and the monitor of the plugin. Where permissions are
 * bypassed its inbox is not used at all, because it would keep the message for the person.
 */
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, type Subject } from './subject.ts';

const BYPASSED: Subject = { ...claudeCode, args: ['--dangerously-skip-permissions'] };

test.each([
  { way: 'the hook that waits, brought along by the launch', by: 'launch' },
  { way: 'the hook that waits, installed', by: 'install' },
  { way: 'the monitor of the plugin', by: 'plugin' },
] as const)(
  '$way wakes an idle Claude Code, again and again, also where permissions are bypassed',
  async ({ by }) => {
    const scene = await Scene.open(BYPASSED);
    const alice = await scene.person('alice');
    if (by === 'install') await scene.hook(BYPASSED);
    const args = by === 'plugin' ? ['--plugin-dir', `${await scene.plugins()}/lalia`] : [];
    const { model } = await scene.start(BYPASSED, { name: 'sleeper', prompt: 'Begin.', args });
    await model.sees('Begin.');
    for (const [index, word] of ['the build is red', 'it is green again'].entries()) {
      await scene.idle('sleeper', model);
      await scene.wakesBy('listener');
      await alice.says(['tell', 'sleeper', `Wake up: ${word}.`]);
      await model.sees(`| Wake up: ${word}.`);
      expect(model.times('Lalia: there is 1 unread message for sleeper (from alice)')).toBe(index + 1);
      expect(model.times(`Wake up: ${word}.`)).toBe(1);
    }
  },
);

test('nothing waits in a Claude Code that runs once and leaves', async () => {
  const scene = await Scene.open(claudeCode);
  const alice = await scene.person('alice');
  await scene.known(claudeCode, 'bob');
  await alice.says(['tell', 'bob', 'Before you leave.']);
  const { model, screen } = await scene.start(claudeCode, { name: 'bob', prompt: 'Begin.', args: ['-p'] });
  await screen.ended;
  expect(model.times('| Before you leave.')).toBe(1);
});
