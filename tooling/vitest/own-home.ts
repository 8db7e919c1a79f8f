// No test may touch the home, the git settings or the identity of whoever runs it: all of them inherit this environment.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function ownHome() {
  // Kept short: a socket path under it must fit into 104 bytes.
  const home = mkdtempSync(join(tmpdir(), 'lalia-'));
  for (const name of Object.keys(process.env))
    if (/^(LALIA_|CLAUDE|CODEX_|GEMINI_|GIT_|XDG_)/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    LALIA_HOME: join(home, '.lalia'),
    LALIA_WORKSPACE: join(home, 'workspace'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.invalid',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.invalid',
  });
  return () => rmSync(home, { recursive: true, force: true });
}
