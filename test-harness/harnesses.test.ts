/** What reaches the model of each real harness, byte for byte. */
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { says } from '@lalia/harness/probe';
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, codex, copilot, gemini, opencode, qwenCode, type Subject } from './subject.ts';

const SUBJECTS: readonly Subject[] = [claudeCode, codex, qwenCode, copilot, opencode, gemini];

describe.each(SUBJECTS)('$id', (subject) => {
  test('an agent has its role, and each message once: at its start, after a tool call, instead of stopping', async () => {
    const scene = await Scene.open(subject);
    await scene.hook(subject);
    const alice = await scene.person('alice');
    await scene.known(subject, 'bob', 'worker');
    await alice.says(['tell', 'bob', 'First: the schema\nis "merged".']);
    const { model } = await scene.start(subject, { name: 'bob', role: 'worker', prompt: 'Begin.' });
    model.will(
      async () => {
        await alice.says(['tell', 'bob', 'Second: rebase now.']);
        return model.runs('lalia tell alice "Said from the shell."');
      },
      async () => {
        await alice.says(['tell', 'bob', 'Third: do not stop yet.']);
        return says('All done.');
      },
    );
    expect(await model.sees('Third: do not stop yet.')).toBe(2);
    expect(model.times(await scene.cli('prompt', 'worker'), 0)).toBe(1);
    expect(model.times('| First: the schema\n| is "merged".', 0)).toBe(1);
    expect(model.times('| Second: rebase now.', 1)).toBe(1);
    for (const word of ['First: the schema', 'Second: rebase', 'Third: do not']) {
      expect(model.times(word)).toBe(1);
    }
    expect(await alice.says(['read-any', '--timeout', '0'])).toContain('Said from the shell.');
  });

  test('mail that comes while the agent is idle is there with the next prompt, once', async () => {
    const scene = await Scene.asleep(subject);
    await scene.hook(subject);
    const alice = await scene.person('alice');
    const { model, screen } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    await model.sees('Begin.');
    await scene.idle('bob', model);
    await alice.says(['tell', 'bob', 'Read this before you go on.']);
    const asked = model.heard.length;
    await screen.enters('Continue.');
    const at = await model.sees('Continue.', asked);
    expect(model.times('| Read this before you go on.', at)).toBe(1);
  });

  test.skipIf(!subject.wakes)('an idle agent is woken by mail, and has it once', async () => {
    const scene = await Scene.open(subject);
    const alice = await scene.person('alice');
    const args = await scene.hookOrPlugin(subject);
    const { model } = await scene.start(subject, { name: 'sleeper', prompt: 'Begin.', args });
    await model.sees('Begin.');
    await scene.idle('sleeper', model);
    await alice.says(['tell', 'sleeper', 'Wake up: the build is red.']);
    await model.sees('Wake up: the build is red.');
    expect(model.times('Lalia: there is 1 unread message for sleeper (from alice)')).toBe(1);
    expect(model.times('Wake up: the build is red.')).toBe(1);
  });

  test('install and uninstall leave every file as it was', async () => {
    const scene = await Scene.open(subject);
    const before = files(scene.home);
    await scene.hook(subject);
    expect(files(scene.home)).not.toEqual(before);
    await scene.cli('hooks', 'uninstall', subject.id);
    expect(files(scene.home)).toEqual(before);
  });
});

/** Every file and folder of a person's own, with its content. */
function files(home: string): Record<string, string> {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true });
  const own = entries.map((entry): [string, Dirent] => [
    relative(home, join(entry.parentPath, entry.name)),
    entry,
  ]);
  return Object.fromEntries(
    own
      .filter(([path]) => !/^\.(lalia|local)(\/|$)/.test(path))
      .map(([path, entry]) => [path, entry.isFile() ? readFileSync(join(home, path), 'utf8') : '']),
  );
}
