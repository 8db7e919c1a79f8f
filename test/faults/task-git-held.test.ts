/** git is in the middle of checking a worktree out when the daemon is killed or stopped (spec 8). A filter holds it there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '@lalia/client';
import { becomes, git, isRunning, Lalia } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { EVERYTHING, stream, type Traces, Workshop } from '../_published.ts';
import { historyOf } from './_transcript.ts';

const INVISIBLE: Partial<Traces> = { isListed: false, isRoomOpen: false };

/** A repository in whose checkouts git waits, until it is let go on. */
class Held {
  readonly shop: Workshop;
  readonly #folder: string;

  private constructor(shop: Workshop, folder: string) {
    this.shop = shop;
    this.#folder = folder;
  }

  static async open(lalia: Lalia): Promise<Held> {
    const shop = await Workshop.open(lalia, 'held');
    const held = new Held(shop, lalia.folder);
    spawnSync('mkfifo', [held.#file('gate')]);
    const filter = held.#file('filter');
    writeFileSync(
      filter,
      `#!/bin/sh
cd '${lalia.folder}' || exit 1
echo $$ >reached.new && mv reached.new reached
test -e open || read -r _ <gate
exec cat
`,
    );
    chmodSync(filter, 0o755);
    writeFileSync(join(shop.repository, '.gitattributes'), 'held filter=held\n');
    writeFileSync(join(shop.repository, 'held'), 'content\n');
    await git(shop.repository, 'add', '.');
    await git(shop.repository, 'commit', '-q', '-m', 'Something that is filtered');
    await git(shop.repository, 'config', 'filter.held.smudge', filter);
    return held;
  }

  /** Waits until git is in the middle. @returns the process of the filter. */
  async isReached(): Promise<number> {
    await becomes(() => existsSync(this.#file('reached')));
    return Number(readFileSync(this.#file('reached'), 'utf8'));
  }

  /** Lets git go on, from now on always. */
  letGo(): void {
    writeFileSync(this.#file('open'), '');
    closeSync(openSync(this.#file('gate'), 'r+'));
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

async function expectComplete({ shop }: Held): Promise<void> {
  for (const slug of ['a', 'b']) {
    expect(await shop.traces(stream(slug)), slug).toEqual(EVERYTHING);
    expect(await git(shop.worktree(slug), 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(shop.worktree(slug), 'held'), 'utf8')).toBe('content\n');
    expect(await historyOf(shop.supervisor, { room: slug })).toHaveLength(1);
  }
  expect(await git(shop.repository, 'worktree', 'list', '--porcelain')).not.toMatch(/prunable|locked/);
  expect(await git(shop.repository, 'fsck', '--full', '--strict', '--no-dangling')).toBe('');
}

/** Messages and other tasks do not wait for git. */
async function expectOthersGoOn(shop: Workshop, wim: Agent): Promise<void> {
  await wim.tell('sue', 'Are you there?');
  expect(await shop.listed()).toEqual([]);
  expect(await shop.traces(stream('a'))).toMatchObject(INVISIBLE);
}

describe.concurrent('while git holds a publishing up', () => {
  test('a daemon that is killed leaves git to finish, and the next daemon goes on after that', async () => {
    await using lalia = new Lalia();
    const held = await Held.open(lalia);
    const { shop } = held;
    const wim = await shop.agent('wim');
    const publishing = shop.publish(stream('a'), stream('b', { depends_on: ['a'] }));
    const filter = await held.isReached();
    await expectOthersGoOn(shop, wim);
    await lalia.killDaemon();
    // The next daemon is there at once, while git of the first one still works.
    await expectOthersGoOn(shop, wim);
    expect(isRunning(filter)).toBe(true);
    held.letGo();
    expect((await publishing).map(({ outcome }) => outcome)).not.toContain('refused');
    await expectComplete(held);
  });

  test('a daemon that is killed together with git leaves half a worktree, which the next one makes anew', async () => {
    await using lalia = new Lalia();
    const held = await Held.open(lalia);
    const publishing = held.shop.publish(stream('a'), stream('b', { depends_on: ['a'] }));
    const filter = await held.isReached();
    const group = Number(spawnSync('ps', ['-o', 'pgid=', '-p', String(filter)]).stdout.toString());
    await lalia.killDaemon();
    process.kill(-group, 'SIGKILL');
    held.letGo();
    expect((await publishing).map(({ outcome }) => outcome)).not.toContain('refused');
    await expectComplete(held);
  });

  test('a daemon that is stopped ends git, and the next one finishes what was begun', async () => {
    await using lalia = new Lalia();
    const held = await Held.open(lalia);
    const publishing = held.shop.publish(stream('a'), stream('b', { depends_on: ['a'] }));
    const filter = await held.isReached();
    await lalia.json(['stop']);
    await becomes(() => !isRunning(filter));
    held.letGo();
    expect((await publishing).map(({ outcome }) => outcome)).not.toContain('refused');
    await expectComplete(held);
  });

  test('a second supervisor does not get the list, and a second publishing waits for its turn', async () => {
    await using lalia = new Lalia();
    const held = await Held.open(lalia);
    const { shop } = held;
    const rival = await shop.agent('ron', 'supervisor');
    const first = shop.publish(stream('a'));
    await held.isReached();
    const second = shop.publish(stream('b', { depends_on: ['a'] }), stream('a'));
    await expect(shop.publishAs(rival, { workstreams: [stream('c')] })).rejects.toMatchObject({
      reason: 'supervisor_busy',
    });
    await expect(rival.tasks.handoff('ron')).rejects.toMatchObject({ reason: 'supervisor_busy' });
    await expect(shop.supervisor.unregister()).rejects.toMatchObject({ reason: 'supervisor_busy' });
    held.letGo();
    expect((await first).map(({ outcome }) => outcome)).toEqual(['published']);
    expect((await second).map(({ outcome }) => outcome)).toEqual(['published', 'unchanged']);
    await expectComplete(held);
  });
});
