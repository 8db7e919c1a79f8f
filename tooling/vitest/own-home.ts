// No test may touch the home, the git settings or the identity of whoever runs it: all of them inherit this environment.
// All temporary folders of the tests are inside that home too, so nothing stays behind, neither files nor processes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from './leftovers.ts';

export default function ownHome() {
  // Kept short: a socket path under it must fit into 104 bytes.
  const home = mkdtempSync(join(tmpdir(), 'lalia-'));
  const strange = /^(LALIA_|CLAUDE|CODEX_|GEMINI_|GIT_|XDG_|NODE_OPTIONS$|FORCE_COLOR$|NO_COLOR$)/;
  for (const name of Object.keys(process.env)) if (strange.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    TMPDIR: home,
    LALIA_HOME: join(home, '.lalia'),
    LALIA_WORKSPACE: join(home, 'workspace'),
    // Else each home of a test would have a folder of its own beside those of the person's, and leave it there.
    LALIA_SPOOL: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.invalid',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.invalid',
  });
  return () => {
    const left = endLeftovers(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) throw new Error(`Tests left these processes running:\n${left.join('\n')}`);
  };
}
