import type { Result } from '@lalia/client';
import { git, Lalia } from '@lalia/testkit';
import { expect, it } from 'vitest';

it('two repositories whose URLs end alike never share an identity by accident', async () => {
  await using lalia = new Lalia();
  const [first, second] = [await lalia.repository('a/api'), await lalia.repository('b/api')];
  await git(first, 'remote', 'add', 'origin', 'git@example.invalid:a/api.git');
  await git(second, 'remote', 'add', 'origin', 'git@example.invalid:b/api.git');
  await lalia.json(['register', '--name', 'claude'], { cwd: first });
  await lalia.json(['tell', 'claude@api', 'for the first', '--as', 'human']);

  const refused = await lalia.cli(['register', '--name', 'claude'], { cwd: second });
  expect(refused.code).toBe(8);
  expect(refused.stderr).toMatch(/^reason: project_identity_mismatch$/m);
  expect(refused.stderr).toContain(first);
  await lalia.json(['register', '--name', 'claude', '--project', 'other-api'], { cwd: second });
  const nothing = await lalia.cli(['read-any', '--timeout', '0', '--as', 'claude@other-api'], {
    cwd: second,
  });
  expect(nothing.code).toBe(2);
  const read = await lalia.cli(['read-any', '--timeout', '0', '--as', 'claude@api'], { cwd: first });
  expect(read.stdout).toContain('for the first');
});

it('another clone of the same repository is the same project, and takes the name up', async () => {
  await using lalia = new Lalia();
  const [first, second] = [await lalia.repository('one'), await lalia.repository('two')];
  for (const path of [first, second])
    await git(path, 'remote', 'add', 'origin', 'git@example.invalid:a/api.git');
  const made = await lalia.json<Result<'register'>>(['register', '--name', 'claude'], { cwd: first });
  const again = await lalia.json<Result<'register'>>(['register', '--name', 'claude'], { cwd: second });
  expect(again.agent.agent_id).toBe(made.agent.agent_id);
});

it('who forgets to register beside a live agent is nobody, and reads none of its mail', async () => {
  await using lalia = new Lalia();
  const cwd = await lalia.repository('shop');
  const [first, second] = [await lalia.terminal(), await lalia.terminal()];
  await lalia.cliIn(first, ['register', '--name', 'claude'], { cwd });
  await lalia.json(['tell', 'claude@shop', 'for claude alone', '--as', 'human']);
  const refused = await lalia.cliIn(second, ['read-any', '--timeout', '0'], { cwd });
  expect(refused.code).toBe(6);
  expect(refused.stdout).toBe('');
  expect((await lalia.cliIn(first, ['read-any', '--timeout', '0'], { cwd })).stdout).toContain(
    'for claude alone',
  );
});
