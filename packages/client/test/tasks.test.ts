import {
  formatBundle,
  publicKeyObject,
  type SignedContent,
  type TaskPlan,
  verifyRequest,
} from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../src/agent.ts';
import type { Client } from '../src/client.ts';
import { BOB, giveKey, isSigned, knowsAlice, pair } from './_agents.ts';
import { clientOf, FakeClock, ownHome, type Received, ScriptedDaemon } from './_scripted-daemon.ts';

let home: ReturnType<typeof ownHome>;
let daemon: ScriptedDaemon;
let clock: FakeClock;
let client: Client;
/** For each dialling, whether a daemon might have been started for it. */
let dialled: boolean[];
let alice: Agent;

beforeEach(async () => {
  home = ownHome();
  giveKey(home.paths.keys);
  daemon = await ScriptedDaemon.start(home.paths, { auto: knowsAlice });
  clock = new FakeClock();
  dialled = [];
  client = clientOf(home, clock, dialled);
  alice = await client.resume('alice');
});

afterEach(async () => {
  await client.close();
  await daemon.kill();
  home.remove();
});

const api = { slug: 'api', branch: 'feat/api', brief: 'Build it.', owned_paths: ['src/api/'] };
const plan: TaskPlan = { workstreams: [api, { slug: 'ui', branch: 'ui', brief: 'Show it.' }] };

interface SentPost {
  readonly slug: string;
  readonly room_id: string;
  readonly id: string;
  readonly auth: SignedContent['params']['auth'] & { readonly sig: string };
}

function firstPosts({ params }: Received): SentPost[] {
  return params['first_posts'] as SentPost[];
}

describe('publishing', () => {
  it('signs the plan, and a post with its bundle for each workstream', async () => {
    const answer = alice.tasks.publish(plan);
    const request = await daemon.received('task_publish');
    expect(isSigned(request)).toBe(true);
    const posts = firstPosts(request);
    expect(posts.map(({ slug }) => slug)).toEqual(['api', 'ui']);
    for (const [index, { room_id, id, auth }] of posts.entries()) {
      const workstream = plan.workstreams[index] ?? api;
      const params = { room: room_id, id, body: formatBundle(workstream), auth };
      expect(verifyRequest({ method: 'post', params }, auth.sig, publicKeyObject(pair.publicKey))).toBe(true);
    }
    const result = { project: 'shop', outcomes: [], warnings: [] };
    request.answer(result);
    expect(await answer).toEqual(result);
  });

  it('whose answer was lost is asked for again, with ids and signatures that were never used', async () => {
    const answer = alice.tasks.publish(plan);
    const first = await daemon.received('task_publish');
    first.die();
    const second = await daemon.received('task_publish');
    expect(second.params['plan']).toEqual(first.params['plan']);
    const used = [first, second].flatMap((request) =>
      firstPosts(request).flatMap(({ room_id, id, auth }) => [room_id, id, auth.nonce]),
    );
    expect(new Set(used).size).toBe(12);
    second.answer({ project: 'shop', outcomes: [], warnings: [] });
    await answer;
  });

  it('a text that cannot be sent is told with its workstream, before anything is sent', async () => {
    const bad: TaskPlan = { workstreams: [{ ...api, brief: 'a\0b' }] };
    await expect(alice.tasks.publish(bad)).rejects.toThrow(/^Workstream api: /);
    expect(daemon.methods).not.toContain('task_publish');
  });

  it('a dry run says that it is one', async () => {
    const answer = alice.tasks.publish(plan, { dryRun: true });
    const request = await daemon.received('task_publish');
    expect(request.params['dry_run']).toBe(true);
    request.answer({ project: 'shop', outcomes: [], warnings: [] });
    await answer;
  });
});

describe('a claim', () => {
  const claimed = { task: { slug: 'api' }, bundle: '# Task api', claimed_now: true };

  it('that waits goes on over crashes of the daemon, with the time that is left', async () => {
    const answer = alice.tasks.claim('any', { timeoutMs: 10_000 });
    const first = await daemon.received('task_claim');
    expect(first.params).toMatchObject({ which: { kind: 'any' }, timeout_ms: 10_000 });
    clock.advance(4000);
    first.die();
    const second = await daemon.received('task_claim');
    expect(second.params['timeout_ms']).toBeLessThanOrEqual(6000);
    expect(second.params['timeout_ms']).toBeGreaterThan(5000);
    second.die();
    (await daemon.received('task_claim')).answer({ ...claimed, claimed_now: false });
    expect(await answer).toMatchObject({ claimed_now: false });
  });

  it('that an orderly stop of the daemon ends is over', async () => {
    const answer = alice.tasks.claim({ slug: 'api' }, { timeoutMs: 10_000 });
    (await daemon.received('task_claim')).refuse('daemon_stopping');
    await expect(answer).rejects.toMatchObject({ reason: 'daemon_stopping' });
  });

  it('that is given up and answered in the same instant is given back', async () => {
    const stop = new AbortController();
    const answer = alice.tasks.claim({ branch: 'feat/api' }, { timeoutMs: 10_000, signal: stop.signal });
    const request = await daemon.received('task_claim');
    expect(request.params['which']).toEqual({ kind: 'branch', branch: 'feat/api' });
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    await daemon.received('cancel');
    request.answer(claimed);
    expect((await daemon.received('task_release')).params).toMatchObject({ slug: 'api' });
  });
});

it('an address is resolved once, and what is signed names an id', async () => {
  const answer = alice.tasks.reassign('api', 'bob');
  const request = await daemon.received('task_reassign');
  expect(request.params).toMatchObject({ slug: 'api', to: BOB });
  expect(isSigned(request)).toBe(true);
  request.answer({ task: {}, from: null });
  await answer;
});

it('a lost answer of what cannot be done twice is told', async () => {
  const answer = alice.tasks.release('api');
  (await daemon.received('task_release')).die();
  await expect(answer).rejects.toMatchObject({ reason: 'connection_lost' });
});

describe('watching a list', () => {
  const list = (revision: number) => ({
    project: 'shop',
    revision,
    supervisor: null,
    supervisor_presence: null,
    tasks: [],
  });

  it('gives it now and after each change, and goes on when nothing changed for long', async () => {
    const watch = client.tasks.watch('shop');
    const first = watch.next();
    (await daemon.received('task_list')).answer(list(1));
    expect(await first).toEqual({ done: false, value: list(1) });
    const second = watch.next();
    const waiting = await daemon.received('task_list');
    expect(waiting.params).toMatchObject({ project: 'shop', after_revision: 1 });
    waiting.refuse('timeout');
    (await daemon.received('task_list')).answer(list(2));
    expect(await second).toEqual({ done: false, value: list(2) });
    await watch.return(undefined);
  });

  it('survives a crash, and after an orderly stop waits for a daemon without starting one', async () => {
    const watch = client.tasks.watch('shop');
    const first = watch.next();
    (await daemon.received('task_list')).answer(list(1));
    await first;
    const second = watch.next();
    (await daemon.received('task_list')).die();
    const again = await daemon.received('task_list');
    const before = dialled.length;
    again.refuse('daemon_stopping');
    await daemon.kill();
    await clock.hasSlept(5);
    expect(dialled.slice(before)).not.toContain(true);
    daemon = await ScriptedDaemon.start(home.paths, {
      auto: {
        ...knowsAlice,
        status: (request) => {
          request.answer({});
        },
      },
    });
    const after = await daemon.received('task_list');
    expect(after.params).toMatchObject({ after_revision: 1 });
    after.answer(list(7));
    expect(await second).toEqual({ done: false, value: list(7) });
    await watch.return(undefined);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const watch = client.tasks.watch('shop', { signal: stop.signal });
    const first = watch.next();
    (await daemon.received('task_list')).answer(list(1));
    await first;
    const second = watch.next();
    await daemon.received('task_list');
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
  });
});

it('whose paths are is asked in parts that each fit a line', async () => {
  const paths = Array.from({ length: 12_000 }, (_, index) => `src/${'x'.repeat(100)}/${String(index)}.ts`);
  const answer = client.tasks.owners('shop', paths);
  const asked: unknown[] = [];
  while (asked.length < paths.length) {
    const request = await daemon.received('task_owners');
    const part = request.params['paths'] as string[];
    expect(part.length).toBeLessThanOrEqual(10_000);
    expect(JSON.stringify(part).length).toBeLessThan(1024 * 1024);
    asked.push(...part);
    request.answer({ owned: part.slice(0, 1).map((path) => ({ path, tasks: [] })) });
  }
  expect(asked).toEqual(paths);
  expect((await answer).length).toBeGreaterThan(1);
});
