import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { limits } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialSpool, type PeerStream } from '../src/index.ts';
import { HandClock, TestSpool } from './_spool.ts';

const FRAME = limits.MAX_SPOOL_FRAME_BYTES;

let spool: TestSpool;

beforeEach(() => {
  spool = new TestSpool();
});

afterEach(() => {
  spool[Symbol.dispose]();
});

describe('a conversation', () => {
  it('carries bytes both ways, whole and in order, however large', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    const question = 'ä\n\0'.repeat(1_500_000);
    client.write(question);
    client.write('end');
    let heard = '';
    for await (const chunk of daemon.setEncoding('utf8')) {
      heard += String(chunk);
      if (heard.endsWith('end')) break;
    }
    expect(heard).toBe(`${question}end`);
  });

  it('ends on both sides when the client closes, after what was said, and nothing stays', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    client.write('last words');
    client.destroySoon();
    expect(await text(daemon)).toBe('last words');
    if (!daemon.closed) await once(daemon, 'close');
    expect(spool.conversations).toEqual([]);
  });

  it('ends on both sides when the daemon closes, after what it said, and nothing stays', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    daemon.end('goodbye');
    daemon.destroySoon();
    expect(await text(client)).toBe('goodbye');
    if (!client.closed) await once(client, 'close');
    expect(spool.conversations).toEqual([]);
  });

  it('makes a writer wait while the other side takes nothing, and bounds what lies there', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    const body = 'x'.repeat(20 * FRAME);
    client.end(body);
    const [conversation = ''] = spool.conversations;
    const waiting = readdirSync(join(spool.folder, conversation)).filter((name) => name.startsWith('up-'));
    expect(waiting.length).toBeLessThanOrEqual(limits.MAX_SPOOL_FRAMES);
    expect(await text(daemon)).toBe(body);
  });
});

describe('who is gone', () => {
  it('a client that was killed is noticed within seven seconds, and its conversation removed', async () => {
    spool.serve();
    const { daemon } = await spool.pair(new HandClock());
    const closed = once(daemon.resume(), 'close');
    spool.clock.advance(7000);
    await closed;
    expect(spool.conversations).toEqual([]);
  });

  it('a daemon that was killed is noticed within seven seconds', async () => {
    spool.serve();
    const itsClock = new HandClock();
    const { client } = await spool.pair(itsClock);
    const closed = once(client.resume(), 'close');
    itsClock.advance(7000);
    await closed;
    expect(client.destroyed).toBe(true);
  });

  it('nobody is as long as both are there, however long nothing is said', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    spool.clock.advance(600_000);
    expect([client.destroyed, daemon.destroyed]).toEqual([false, false]);
    client.end('still here');
    expect(await text(daemon)).toBe('still here');
  });

  it('what the daemon ended and no client heard is removed in the end', async () => {
    spool.serve();
    const { daemon } = await spool.pair(new HandClock());
    daemon.destroy();
    await once(daemon, 'close');
    expect(spool.conversations).toHaveLength(1);
    spool.clock.advance(20_000);
    expect(spool.conversations).toEqual([]);
  });

  it('a client hears at once that another daemon has begun, and comes back to that one', async () => {
    spool.serve();
    const { client } = await spool.pair(new HandClock());
    const closed = once(client.resume(), 'close');
    spool.serve();
    await closed;
    expect((await spool.dial()).writable).toBe(true);
  });
});

describe('nobody serves', () => {
  it('there is no spool, or its daemon has stopped: known at once', async () => {
    expect(await dialSpool(spool.folder, spool.clock)).toEqual({ kind: 'no_daemon' });
    spool.serve().close();
    expect(existsSync(spool.folder)).toBe(false);
    mkdirSync(spool.folder, { mode: 0o700 });
    expect(await dialSpool(spool.folder, spool.clock)).toEqual({ kind: 'no_daemon' });
  });

  it('its daemon was killed: known after seven seconds, and nothing stays', async () => {
    mkdirSync(spool.folder, { mode: 0o700 });
    writeFileSync(join(spool.folder, 'serving'), '');
    const dialled = dialSpool(spool.folder, spool.clock);
    spool.clock.advance(7000);
    expect(await dialled).toEqual({ kind: 'no_daemon' });
    expect(spool.conversations).toEqual([]);
  });
});

describe('the folder', () => {
  it('is for its owner alone, and so is everything in it', async () => {
    spool.serve();
    const { client } = await spool.pair();
    client.write('private');
    const [conversation = ''] = spool.conversations;
    const inside = join(spool.folder, conversation);
    const modes = [spool.folder, inside, ...readdirSync(inside).map((name) => join(inside, name))].map(
      (path) => statSync(path).mode & 0o077,
    );
    expect(modes).toEqual(modes.map(() => 0));
  });

  it.each([
    ['a link', () => symlinkSync(spool.root, spool.folder)],
    ['open to others', () => open(spool.folder)],
    ['a file', () => writeFileSync(spool.folder, '')],
    ['in a folder that others may write to', () => chmodSync(spool.root, 0o777)],
  ])('that is %s is neither used nor changed by either side', async (_what, make) => {
    make();
    spool.serve();
    expect(spool.troubles).toMatchObject([{ reason: 'home_unavailable' }]);
    const { mode } = lstatSync(spool.folder);
    expect(await dialSpool(spool.folder, spool.clock).catch((error: unknown) => error)).toMatchObject({
      reason: 'home_unavailable',
    });
    expect(lstatSync(spool.folder).mode).toBe(mode);
  });

  it('is made again when something that cleans /tmp took it', async () => {
    spool.serve();
    rmSync(spool.folder, { recursive: true });
    spool.clock.advance(2000);
    const { client, daemon } = await spool.pair();
    client.end('again');
    expect(await text(daemon)).toBe('again');
  });

  it('in somebody else’s folder is served while that is there, and that folder is never made', async () => {
    rmSync(spool.root, { recursive: true });
    const server = spool.serve({ isGuest: true });
    expect([existsSync(spool.root), server.isWorking, spool.troubles]).toEqual([false, true, []]);
    mkdirSync(spool.root, { mode: 0o700 });
    spool.clock.advance(2000);
    (await spool.pair()).client.destroy();
    server.close();
  });

  it('loses what an earlier daemon left, and nothing that is not of the spool', () => {
    mkdirSync(spool.folder, { mode: 0o700 });
    const old = join(spool.folder, 'a'.repeat(32));
    mkdirSync(old);
    writeFileSync(join(old, 'up-1'), 'old');
    mkdirSync(join(spool.folder, `${'b'.repeat(32)}.new`));
    writeFileSync(join(spool.folder, 'notes.txt'), 'mine');
    spool.serve();
    expect(readdirSync(spool.folder).sort()).toEqual(['notes.txt', 'serving']);
  });

  it('loses a conversation that was never made to its end', () => {
    spool.serve();
    mkdirSync(join(spool.folder, `${'b'.repeat(32)}.new`));
    spool.clock.advance(20_000);
    expect(spool.conversations).toEqual([]);
  });
});

describe('what is no frame', () => {
  it.each([
    ['a huge file', (place: string) => writeFileSync(place, Buffer.alloc(FRAME + 1))],
    ['a folder', (place: string) => mkdirSync(place)],
    ['a link', (place: string) => symlinkSync('/etc/hostname', place)],
    ['a pipe', (place: string) => execFileSync('mkfifo', [place])],
  ])('%s, ends its conversation with an error and no other one', async (_what, make) => {
    spool.serve();
    const other = await spool.pair();
    const { client, daemon } = await spool.pair();
    // As the daemon's connection does: an error is the end.
    daemon.on('error', () => undefined).resume();
    put(client, make);
    expect(JSON.parse(await text(client))).toMatchObject({
      id: null,
      error: { data: { reason: 'bad_frame' } },
    });
    other.client.end('undisturbed');
    expect(await text(other.daemon)).toBe('undisturbed');
  });

  it('more files than a conversation may have end it', async () => {
    spool.serve();
    const { client, daemon } = await spool.pair();
    daemon.resume();
    const folder = folderOf(client);
    for (let n = 2; n < 30; n += 1) writeFileSync(join(folder, `up-${String(n)}`), '');
    spool.clock.advance(1000);
    expect(JSON.parse(await text(client))).toMatchObject({ error: { data: { reason: 'bad_frame' } } });
  });
});

it('a client over the limit is told so, and comes in when another one has left', async () => {
  spool.serve();
  const pairs: { client: PeerStream; daemon: PeerStream }[] = [];
  while (pairs.length < limits.MAX_SPOOL_CONVERSATIONS) pairs.push(await spool.pair());
  const refused = await spool.dial();
  expect(JSON.parse(await text(refused))).toMatchObject({
    error: { data: { reason: 'daemon_unavailable', context: { max_conversations: 64 } } },
  });
  const [first] = pairs;
  first?.daemon.resume();
  first?.client.destroySoon();
  if (first !== undefined && !first.daemon.closed) await once(first.daemon, 'close');
  await spool.pair();
});

function open(folder: string): void {
  mkdirSync(folder);
  chmodSync(folder, 0o755);
}

function folderOf(stream: PeerStream): string {
  return (stream as PeerStream & { readonly folder: string }).folder;
}

/** Puts something in the place of the client's first frame, at once, as a frame appears. */
function put(client: PeerStream, make: (place: string) => void): void {
  const folder = folderOf(client);
  const sibling = join(folder, 'sibling');
  make(sibling);
  renameSync(sibling, join(folder, 'up-1'));
}
