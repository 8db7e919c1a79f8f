import { pathsOf } from '@lalia/protocol';
import { expect, it } from 'vitest';
import { HARNESSES } from './harness.ts';
import { directWay, directWayHint, passingNamespace, refusedError } from './sandbox.ts';

const paths = pathsOf({ env: {}, homedir: '/home/ada', uid: 1000 });

it('inside Codex’s sandbox the hint says which file opens it, and for which commands', () => {
  const way = directWay({ CODEX_SANDBOX_NETWORK_DISABLED: '1' }, paths);
  expect(way).toMatchObject({ harness: 'codex', file: '~/.codex/rules/lalia.rules' });
  expect(way?.rule).toContain('pattern=["lalia", ["tell", ');
  expect(way?.rule).not.toContain('"run"');
  expect(directWay({ CODEX_SANDBOX: 'seatbelt', CODEX_HOME: '/c' }, paths)?.file).toBe(
    '/c/rules/lalia.rules',
  );
});

it('inside other harnesses it names theirs, and in a plain terminal none', () => {
  const hints = HARNESSES.map(({ id }) => [id, directWayHint({ LALIA_HARNESS: id }, paths)] as const);
  const named = hints.filter(([, hint]) => hint.startsWith('To open')).map(([id]) => id);
  expect(named).toEqual(['claude-code', 'codex', 'copilot', 'gemini']);
  expect(directWayHint({}, paths)).toContain('outside the sandbox');
});

it('a spool that cannot be written is told with the way to open it, one that nobody serves with `lalia start`', () => {
  const cause = Object.assign(new Error('connect EPERM'), { code: 'EPERM' });
  const place = { paths, env: { CLAUDECODE: '1' } };
  const unwritable = refusedError(place, { cause, spool: 'EROFS' });
  expect(unwritable.message).toContain('cannot be written (EROFS)');
  expect(unwritable.hint).toMatch(/settings\.json.*\/tmp\/lalia-1000/);
  expect(refusedError(place, { cause, spool: undefined }).hint).toMatch(/^Run `lalia start`/);
});

it.each([
  ['the sandbox of Codex', 'codex-linux-sandbox\0--sandbox-policy-cwd\0/w\0', '7', 'codex-linux-sandbox'],
  ['bubblewrap, by its path', '/usr/bin/bwrap\0--unshare-pid\0', '7', 'bwrap'],
  ['a namespace that sees the processes of another one', '/sbin/init\0', '4711', 'a sandbox'],
  ['a machine', '/sbin/init\0splash\0', '7', undefined],
  ['a container with an init', '/usr/bin/tini\0--\0node\0', '7', undefined],
  ['a container whose only program is Codex', 'node\0/usr/bin/codex\0', '7', undefined],
  ['unshare with a shell, as a CI does', 'sh\0-c\0npm test\0', '7', undefined],
])('whether a daemon could stay: %s', (_where, firstCommand, self, expected) => {
  expect(passingNamespace({ firstCommand: () => firstCommand, self: () => self }, 7)).toBe(expected);
});

it('without /proc it could', () => {
  const missing = () => {
    throw new Error('ENOENT');
  };
  expect(passingNamespace({ firstCommand: missing, self: missing }, 7)).toBeUndefined();
});
