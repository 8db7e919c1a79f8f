/** The finish: harnesses of two vendors hold the conversation of the README, and neither model ever calls `read`. */
import { says } from '@lalia/harness/probe';
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, codex } from './subject.ts';

test('Claude Code and Codex ask, answer and meet in a room, by hooks and wakes alone', async () => {
  const scene = await Scene.open(claudeCode, codex);
  await scene.hook(claudeCode, codex);
  const { model: second } = await scene.start(codex, { name: 'codex', role: 'worker' });
  // Its adapter gives it a first prompt.
  await second.asked(1);
  await scene.idle('codex', second);

  second.once(/id (\w{26}), needs an answer\):\n\| Which branch is the search API on\?/, (id) =>
    second.runs(`lalia reply --to ${id} "On search; it is not merged yet."`),
  );
  second.once('| Merged. Please rebase and join search-api.', () => second.runs('lalia join search-api'));
  second.once('joined', () => second.runs('lalia tell claude "Rebased, and in the room."'));

  const { model: first } = await scene.start(claudeCode, { name: 'claude', prompt: 'Talk to codex.' });
  first.will(
    first.runs('lalia ask codex "Which branch is the search API on?"'),
    first.runs('lalia room create search-api'),
    first.runs('lalia tell codex "Merged. Please rebase and join search-api."'),
    says('I wait.'),
  );
  first.once('| Rebased, and in the room.', () => first.runs('lalia post search-api "Freeze until noon."'));

  await second.sees('| Freeze until noon.');
  await scene.idle('codex', second);
  expect(first.times('On search; it is not merged yet.')).toBe(1);
  expect(first.times('| Rebased, and in the room.')).toBe(1);
  for (const text of ['Which branch is the search API on?', 'Merged. Please', 'Freeze until noon.']) {
    expect(second.times(`| ${text}`)).toBe(1);
  }
  expect(await scene.cli('verify')).toMatch(/^No problems: checked 5 messages /);
});
