import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_SOCKET_PATH_BYTES } from './limits.ts';
import { pathsOf } from './paths.ts';

const person = { homedir: '/home/ada', uid: 1000 };

test('without any variable everything is in the places of the specification', () => {
  expect(pathsOf({ env: {}, ...person })).toEqual({
    home: '/home/ada/.lalia',
    workspace: '/home/ada/.local/state/lalia/workspace',
    socket: '/home/ada/.lalia/sock',
    spools: ['/tmp/lalia-1000/939cd6d2e5bb96f0.spool', '/tmp/claude-1000/939cd6d2e5bb96f0.spool'],
    database: '/home/ada/.lalia/lalia.db',
    keys: '/home/ada/.lalia/keys',
    pid: '/home/ada/.lalia/pid',
    log: '/home/ada/.lalia/daemon.log',
  });
});

test('LALIA_HOME moves what is private, LALIA_WORKSPACE the transcript, and an empty one counts as unset', () => {
  const moved = pathsOf({ env: { LALIA_HOME: '/tmp/h/', LALIA_WORKSPACE: '/w/../x' }, ...person });
  expect([moved.home, moved.socket, moved.workspace]).toEqual(['/tmp/h', '/tmp/h/sock', '/x']);
  expect(pathsOf({ env: { LALIA_HOME: '', LALIA_WORKSPACE: '' }, ...person })).toEqual(
    pathsOf({ env: {}, ...person }),
  );
});

test('LALIA_SPOOL moves the spool, which is another one for each home all the same', () => {
  const spools = (home: string) =>
    pathsOf({ env: { LALIA_HOME: home, LALIA_SPOOL: '/w/s/' }, ...person }).spools;
  expect(spools('/a')).toEqual([expect.stringMatching(/^\/w\/s\/[0-9a-f]{16}\.spool$/)]);
  expect(spools('/b')).not.toEqual(spools('/a'));
});

test('a relative variable is taken from the working directory', () => {
  expect(pathsOf({ env: { LALIA_HOME: 'h' }, ...person }).home).toBe(`${process.cwd()}/h`);
});

test('a socket path of exactly the limit stays in the home, and one byte more falls back', () => {
  const home = (bytes: number) => `/${'h'.repeat(bytes - '//sock'.length)}`;
  const fits = pathsOf({ env: { LALIA_HOME: home(MAX_SOCKET_PATH_BYTES) }, ...person });
  const long = pathsOf({ env: { LALIA_HOME: home(MAX_SOCKET_PATH_BYTES + 1) }, ...person });
  expect(fits.socket).toBe(`${fits.home}/sock`);
  expect(long.socket).toMatch(/^\/tmp\/lalia-1000\/[0-9a-f]{16}\.sock$/);
});

test('the limit counts bytes, not characters', () => {
  const { socket } = pathsOf({ env: { LALIA_HOME: `/${'é'.repeat(60)}` }, ...person });
  expect(socket).toMatch(/^\/tmp\/lalia-1000\//);
});

test('the fallback of a known home is the one that docs/protocol.md shows', () => {
  const { socket } = pathsOf({ env: { LALIA_HOME: `/home/ada/${'deep/'.repeat(20)}lalia` }, ...person });
  expect(socket).toBe('/tmp/lalia-1000/b4ff9f16b7535926.sock');
});

test('every home has a socket path that fits, the same however the home is spelled and whoever computes it', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '-'), minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      const home = `/${segments.join('/')}`;
      const daemon = pathsOf({ env: { LALIA_HOME: home }, ...person });
      const client = pathsOf({ env: { LALIA_HOME: `${home}/./` }, homedir: '/elsewhere', uid: 1000 });
      expect(client.socket).toBe(daemon.socket);
      expect(Buffer.byteLength(daemon.socket)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
    }),
  );
});

test('two long homes, and two people, have different sockets', () => {
  const long = (end: string) => `/${'h'.repeat(200)}/${end}`;
  const sockets = [
    pathsOf({ env: { LALIA_HOME: long('a') }, ...person }).socket,
    pathsOf({ env: { LALIA_HOME: long('b') }, ...person }).socket,
    pathsOf({ env: { LALIA_HOME: long('a') }, homedir: '/home/ada', uid: 1001 }).socket,
  ];
  expect(new Set(sockets).size).toBe(3);
});
