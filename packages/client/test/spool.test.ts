/** A client whose socket is refused, against the real daemon: what runs also where no sandbox can be made. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Client } from '../src/client.ts';
import { systemClock } from '../src/clock.ts';
import { helloOf, openStream, type Place, placeOf } from '../src/connect.ts';
import { Connection } from '../src/connection.ts';
import { captureSession, connect, stopDaemon } from '../src/index.ts';

const daemonSource = fileURLToPath(new URL('../../daemon/src/main.ts', import.meta.url));

let root: string;
let place: Place;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'c-'));
  place = placeOf({
    env: {
      PATH: process.env['PATH'] ?? '',
      LALIA_HOME: join(root, 'home'),
      LALIA_WORKSPACE: join(root, 'ws'),
      LALIA_SPOOL: root,
      LALIA_DAEMON: daemonSource,
      NODE_OPTIONS: '--conditions=@lalia/source --experimental-strip-types --no-warnings',
    },
  });
});

afterEach(async () => {
  await stopDaemon(place);
  rmSync(root, { recursive: true, force: true });
});

/** What a sandbox answers to `connect`. */
function refuse(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(`connect ${code}`), { code }));
}

function caged(code = 'EPERM', spools = place.paths.spools): Client {
  const paths = { ...place.paths, spools };
  return new Client({
    ...place,
    mayStart: true,
    clock: systemClock,
    open: async (options) => {
      const { stream, via } = await openStream({ ...place, paths, ...options, connectSocket: refuse(code) });
      return new Connection(stream, { hello: helloOf({ clientName: 'caged' }), via });
    },
  });
}

it('talks through the spool, blocks in it, and is told of mail that comes from outside', async () => {
  await using outside = await connect(place);
  const session = { ...captureSession({ cwd: root, env: { LALIA_HARNESS: 'test' } }), anchor: null };
  const { agent: alice } = await outside.register({ name: 'alice', project: 'p', session });
  await using inside = caged();
  const { agent: bob } = await inside.register({ name: 'bob', project: 'p', session });
  const reading = bob.read('any');
  const body = 'x'.repeat(1024 * 1024);
  await alice.tell(bob.id, body);
  const delivery = await reading;
  expect(delivery.messages[0]?.body === body).toBe(true);
  await delivery.ack();
  await bob.tell(alice.id, 'seen');
  expect(await inside.call('status', {})).toMatchObject({ via: 'spool', connections: 2 });
  // A sandbox may let only the folder of its harness be written.
  await using elsewhere = caged('EPERM', [join(root, 'not-there.spool'), ...place.paths.spools]);
  expect(await elsewhere.call('status', {})).toMatchObject({
    via: 'spool',
    spool: { path: place.paths.spools[0] },
  });
});

it.each(['EPERM', 'EACCES', 'EROFS'])('does not take %s for "no daemon", and starts none', async (code) => {
  await expect(caged(code).connect()).rejects.toMatchObject({
    reason: 'daemon_unavailable',
    context: { code },
    hint: expect.stringContaining('`lalia start`') as unknown,
  });
  expect(existsSync(place.paths.home)).toBe(false);
});
