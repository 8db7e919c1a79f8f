/** Hooks that `lalia run` brings along for one launch: what reaches the model of each real harness, where none were ever installed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { says, type Terminal } from '@lalia/harness/probe';
import { becomes } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';
import { claudeCode, codex, copilot, opencode, qwenCode, type Subject } from './subject.ts';

/** Gemini takes none for one launch. */
const SUBJECTS: readonly Subject[] = [claudeCode, codex, qwenCode, copilot, opencode];

describe.each(SUBJECTS)('$id', (subject) => {
  test('an agent has each message once, and is woken, without a hook in any file of its person', async () => {
    const scene = await Scene.open(subject);
    const alice = await scene.person('alice');
    await scene.known(subject, 'bob');
    await alice.says(['tell', 'bob', 'First: the schema.']);
    const { model } = await scene.start(subject, { name: 'bob', prompt: 'Begin.' });
    model.will(
      async () => {
        await alice.says(['tell', 'bob', 'Second: rebase now.']);
        return model.runs('echo looked');
      },
      async () => {
        await alice.says(['tell', 'bob', 'Third: do not stop yet.']);
        return says('All done.');
      },
    );
    expect(await model.sees('Third: do not stop yet.')).toBe(2);
    expect(model.times('| First: the schema.', 0)).toBe(1);
    expect(model.times('| Second: rebase now.', 1)).toBe(1);
    await scene.idle('bob', model);
    await alice.says(['tell', 'bob', 'Fourth: wake up.']);
    await model.sees('Fourth: wake up.');
    expect(model.times('Lalia: there is 1 unread message for bob (from alice)')).toBe(1);
    for (const word of ['First: the schema', 'Second: rebase', 'Third: do not', 'Fourth: wake']) {
      expect(model.times(word)).toBe(1);
    }
    expect(settingsWithHooks(scene.home)).toEqual([]);
  });
});

const DOWN = '\u001b[B';

test('Codex asks once whether to trust the hooks of a launch, and knows them again at the next', async () => {
  const scene = await Scene.open(codex);
  const alice = await scene.person('alice');
  const asking = { ...codex, args: [] };
  const first = await scene.start(asking, { name: 'bob', prompt: 'Begin.' });
  await shows(first.screen, 'Trust all and continue');
  expect(first.screen.text).toContain('Codex asks at its start whether you trust the hooks of this launch');
  // What comes too early is thrown away.
  const again = setInterval(() => {
    first.screen.types(DOWN);
  }, 2000);
  await shows(first.screen, '› 2. Trust all');
  clearInterval(again);
  first.screen.types('\r');
  await first.model.sees('Begin.');
  await scene.idle('bob', first.model);
  await first.screen.close();
  await scene.known(codex, 'carol');
  await alice.says(['tell', 'carol', 'Without being asked.']);
  const { model, screen } = await scene.start(asking, { name: 'carol', prompt: 'Go on.' });
  await model.sees('Without being asked.');
  expect(screen.text).not.toContain('trust');
});

function shows(screen: Terminal, text: string): Promise<void> {
  return becomes(() => screen.text.includes(text));
}

/** What a harness keeps of its sessions is its own; its settings are the person's. */
function settingsWithHooks(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(settings|hooks|config)[^/]*\.(json|toml)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(
      (path) => !path.startsWith(join(home, '.lalia')) && /lalia'? hook /.test(readFileSync(path, 'utf8')),
    );
}
