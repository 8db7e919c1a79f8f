/** `lalia hooks probe` with the real programs, as their person has set them up. */
import { CHECK_NAMES } from '@lalia/harness/probe';
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, codex } from './subject.ts';

const ALL_WELL = Object.fromEntries(CHECK_NAMES.map((name) => [name, 'ok']));

test('every way of mail works in a Claude Code with the hooks', async () => {
  const scene = await Scene.open(claudeCode);
  await scene.hook(claudeCode);
  expect(await scene.probe(claudeCode)).toEqual(ALL_WELL);
});

test('a Codex that was not told to trust the hooks runs none of them, and the probe does not tell it to', async () => {
  const scene = await Scene.open(codex);
  await scene.hook(codex);
  const found = await scene.probe(codex);
  expect(found).toMatchObject({ hooks: 'fail', role: 'ok', tell: 'ok', wake: 'skipped' });
  expect(await scene.probe(codex)).toEqual(found);
});
