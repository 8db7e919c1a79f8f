/** Codex keeps the commands of its model from every socket: a lone `lalia` gets out by the rule, any other goes through the spool. */
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { codex } from './subject.ts';

const SPOOLED = 'which this command came through';

test('what the shell tool of Codex sends arrives, by the rule and by the spool', async () => {
  const scene = await Scene.open(codex);
  await scene.hook(codex);
  const alice = await scene.person('alice');
  const { model } = await scene.start(codex, { name: 'bob', prompt: 'Begin.' });
  model.will(
    model.runs('lalia status'),
    model.runs('lalia tell alice "By the rule."'),
    model.runs('true && lalia status'),
    model.runs('true && lalia tell alice "By the spool."'),
  );
  await model.asked(5);
  // The request after a command has what it printed.
  expect([1, 2, 3, 4].map((request) => model.times(SPOOLED, request))).toEqual([0, 0, 1, 1]);
  expect(await alice.says(['read-any', '--timeout', '0'])).toContain('By the rule.');
  expect(await alice.says(['read-any', '--timeout', '0'])).toContain('By the spool.');
});
