import { limits, type WakeNotice, type WakeRoute } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import { expect, test } from 'vitest';
import { HANDLERS } from '../src/handlers/index.ts';
import type { WakeResult } from '../src/wake/program-runner.ts';
import { FakeClock } from './_clock.ts';
import { OpenedHome, type Surrounded, TestHome } from './_home.ts';
import { Hooks } from './_turns.ts';

const BELL: WakeRoute = { name: 'bell', program: '/bin/bell', args: ['--loud'], env: {} };
const HORN: WakeRoute = { name: 'horn', program: '/bin/horn', args: [], env: {} };
const STARTED: WakeResult = { outcome: 'started', detail: null };
const MINUTE = 60_000;

/** Whatever the daemon does by itself has been done. */
async function settled({ context }: OpenedHome): Promise<void> {
  await context.background.settled();
  await context.store.commits.run(() => undefined);
  await context.background.settled();
}

/** Programs that only write down that they were run. */
class Bells {
  readonly rung: { readonly route: string; readonly notice: WakeNotice }[] = [];
  readonly clock = new FakeClock();
  results: WakeResult[] = [];

  readonly run: NonNullable<Surrounded['run']> = ({ name }, notice) => {
    this.rung.push({ route: name, notice });
    return Promise.resolve(this.results.shift() ?? STARTED);
  };
}

function wakesOf({ context }: OpenedHome, { agentId }: AgentRecord) {
  return context.store.wakes
    .since(agentId, 0)
    .map(({ route, outcome, detail }) =>
      detail === null ? `${outcome} ${String(route)}` : `${outcome} ${String(route)}: ${detail}`,
    );
}

test('an idle agent is woken by its program with a pointer and never the body, and its next turn proves it', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.turn(bob, 'start', { wake: [BELL] });
  bells.clock.pass(limits.WAKE_SETTLE_MS);
  await hooks.tell(ann, bob, 'the secret of the build');
  await settled(daemon);

  expect(bells.rung).toMatchObject([
    {
      route: 'bell',
      notice: {
        unread: 1,
        session_id: 's1',
        agent: { name: 'bob' },
        from: [{ messages: 1, conversation: { kind: 'channel', with: { name: 'ann' } } }],
      },
    },
  ]);
  expect(JSON.stringify(bells.rung)).not.toContain('secret');
  expect(bells.rung[0]?.notice.text).toBe(
    'Lalia: there is 1 unread message for bob (from ann). They come from agents, not from your user. Shown by: lalia read-any',
  );
  expect(wakesOf(daemon, bob)).toEqual(['started bell']);
  await hooks.turn(bob, 'prompt');
  expect(wakesOf(daemon, bob)).toEqual(['woken bell']);
});

test('nobody is woken who offered no way, who works, who is asked, or for a status message', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const ann = await daemon.agent('ann');
  const told = async (name: string, at: Parameters<Hooks['turn']>[1] | undefined, status?: true) => {
    const agent = await daemon.agent(name);
    if (at !== undefined) await hooks.turn(agent, at, name === 'plain' ? {} : { wake: [BELL] });
    bells.clock.pass(MINUTE);
    await hooks.tell(ann, agent, 'hello', status && { status });
  };
  await told('bare', undefined);
  await told('plain', 'stop');
  await told('working', 'tool');
  await told('asking', 'asking');
  await told('ended', 'end');
  await told('quiet', 'stop', true);
  await settled(daemon);
  expect(bells.rung).toEqual([]);
});

test('a process that listens inside the harness is told first, and is done with that', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.turn(bob, 'stop', { wake: [BELL] });
  bells.clock.pass(MINUTE);
  const listening = await hooks.listen(bob);
  await hooks.tell(ann, bob, 'hello');
  expect((await listening.answer).notice).toMatchObject({ unread: 1, agent: { name: 'bob' } });
  await settled(daemon);
  expect(wakesOf(daemon, bob)).toEqual(['started listener']);
  expect(bells.rung).toEqual([]);
  expect(daemon.context.waker.listeners.count).toBe(0);
});

test('one that asks to be the last is told where the session’s own ways have failed', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.turn(bob, 'stop', { wake: [BELL] });
  await hooks.listen(bob, { asLast: true });
  bells.clock.pass(MINUTE);
  await hooks.tell(ann, bob, 'hello');
  await settled(daemon);
  expect(wakesOf(daemon, bob)).toEqual([expect.stringContaining('bell')]);
  expect(daemon.context.waker.listeners.count).toBe(1);
});

test('a newer listener takes the place of the last, and one of a session that has ended is let go', async () => {
  using home = new TestHome();
  await using daemon = await OpenedHome.open(home);
  const hooks = new Hooks(daemon);
  const bob = await daemon.agent('bob');
  await hooks.turn(bob, 'stop');
  const first = await hooks.listen(bob);
  const second = await hooks.listen(bob);
  await expect(first.answer).rejects.toMatchObject({ reason: 'cancelled' });
  await hooks.turn(bob, 'start', { session_id: 's2' });
  await expect(second.answer).rejects.toMatchObject({ reason: 'lease_expired' });
});

test('a way that fails is followed by the next one, and one that no turn follows counts as failed', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  bells.results = [{ outcome: 'failed', detail: 'no such thread' }];
  await hooks.turn(bob, 'stop', { wake: [BELL, HORN] });
  bells.clock.pass(MINUTE);
  await hooks.tell(ann, bob, 'hello');
  await settled(daemon);
  expect(wakesOf(daemon, bob)).toEqual(['failed bell: no such thread', 'started horn']);
  bells.clock.pass(limits.WAKE_PROOF_MS);
  await settled(daemon);
  expect(wakesOf(daemon, bob)).toEqual(['failed bell: no such thread', 'failed horn: no turn has followed']);
  expect(bells.rung).toHaveLength(2);
});

test('what is held for a person is said, and nothing more piles up there', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  bells.results = [{ outcome: 'held', detail: 'the session bypasses permissions' }];
  await hooks.turn(bob, 'stop', { wake: [BELL] });
  bells.clock.pass(MINUTE);
  await hooks.tell(ann, bob, 'one');
  await settled(daemon);
  bells.clock.pass(MINUTE);
  await hooks.tell(ann, bob, 'two');
  await settled(daemon);
  expect(wakesOf(daemon, bob)).toEqual(['held bell: the session bypasses permissions']);
});

test('two agents that wake each other for ever stop at the budget, say so, and go on when it allows', async () => {
  using home = new TestHome();
  const clock = new FakeClock();
  const budget = { LALIA_WAKES_PER_HOUR: '4', LALIA_WAKES_PER_DAY: '100', LALIA_WAKE_GAP_MS: '10000' };
  const turns: string[] = [];
  let hooks: Hooks | undefined;
  const peers = new Map<string, AgentRecord>();
  // A model that answers everything it is woken for.
  const run: NonNullable<Surrounded['run']> = async (_, { agent }) => {
    const [self, other] = [...peers.values()].sort(({ name }) => (name === agent.name ? -1 : 1));
    if (hooks === undefined || self === undefined || other === undefined) throw new Error('Both are there.');
    turns.push(self.name);
    const mail = await hooks.turn(self, 'prompt');
    await hooks.ack(self, mail.delivery_id);
    await hooks.tell(self, other, `and you, ${other.name}?`);
    await hooks.turn(self, 'stop');
    return STARTED;
  };
  await using daemon = await OpenedHome.open(home, { clock, run, env: budget });
  hooks = new Hooks(daemon);
  for (const name of ['ann', 'bob']) {
    peers.set(name, await daemon.agent(name));
    await hooks.turn(peers.get(name) as AgentRecord, 'stop', { wake: [BELL] });
  }
  const [ann, bob] = [...peers.values()] as [AgentRecord, AgentRecord];
  await hooks.tell(ann, bob, 'How are you?');
  const minutes = async (count: number) => {
    for (let n = 0; n < count * 6; n += 1) {
      clock.pass(10_000);
      await settled(daemon);
    }
  };
  await minutes(30);
  expect(turns.length).toBe(8);
  expect(turns.filter((name) => name === 'bob')).toHaveLength(4);
  const { waking } = await HANDLERS.status(daemon.context, { params: {}, raw: {}, ...hooks });
  const stopped = waking.find(({ last }) => last?.outcome === 'suppressed');
  expect(stopped).toMatchObject({
    today: 4,
    turn: { state: 'idle' },
    last: { route: null, detail: 'budget: 4 wakes an hour for one conversation' },
  });
  expect((stopped?.last?.outcome_ts ?? 0) - clock.nowMs()).toBeLessThan(60 * MINUTE);
  const idle = peers.get(stopped?.agent.name ?? '') as AgentRecord;
  const { conversationId } = daemon.context.store.conversations.channel(ann.agentId, bob.agentId) ?? {};
  const message = { conversationId: conversationId ?? 0, status: false };
  // Of that conversation; another one may still wake it.
  expect(daemon.context.views.recipient(idle, 0, message).turn?.can_wake).toBe(false);
  await minutes(60);
  expect(turns.length).toBe(16);
}, 120_000);

test('what the budget holds back is woken for by the next daemon, and what it does not know of is unknown', async () => {
  using home = new TestHome();
  const bells = new Bells();
  const env = { LALIA_WAKES_PER_HOUR: '1', LALIA_WAKE_GAP_MS: '0' };
  const people: AgentRecord[] = [];
  {
    await using daemon = await OpenedHome.open(home, { ...bells, env });
    const hooks = new Hooks(daemon);
    const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
    people.push(ann);
    await hooks.turn(bob, 'stop', { wake: [BELL] });
    bells.clock.pass(MINUTE);
    await hooks.tell(ann, bob, 'one');
    await settled(daemon);
    const mail = await hooks.turn(bob, 'prompt');
    await hooks.ack(bob, mail.delivery_id);
    await hooks.turn(bob, 'stop');
    bells.clock.pass(MINUTE);
    await hooks.tell(ann, bob, 'two');
    await hooks.tell(ann, bob, 'three');
    await settled(daemon);
    expect(wakesOf(daemon, bob)).toEqual([
      'woken bell',
      'suppressed null: budget: 1 wakes an hour for one conversation',
    ]);
    await daemon.run(() => {
      const [known] = daemon.context.store.wakes.since(bob.agentId, 0);
      const attempt = { outcome: 'attempting', wakeId: daemon.context.clock.newId(), detail: null } as const;
      if (known !== undefined)
        daemon.context.store.wakes.insert({ ...known, ...attempt, agentId: ann.agentId });
    });
  }
  await using daemon = await OpenedHome.open(home, { ...bells, env });
  await daemon.context.waker.resume();
  expect(wakesOf(daemon, people[0] as AgentRecord)).toEqual([
    'unknown bell: the daemon ended before it was known',
  ]);
  expect(bells.rung).toHaveLength(1);
  bells.clock.pass(60 * MINUTE);
  await settled(daemon);
  expect(bells.rung.map(({ notice }) => notice.unread)).toEqual([1, 2]);
});

test('a message leads to one wake: what a woken agent leaves unread does not wake it again', async () => {
  using home = new TestHome();
  const bells = new Bells();
  await using daemon = await OpenedHome.open(home, bells);
  const hooks = new Hooks(daemon);
  const [ann, bob] = [await daemon.agent('ann'), await daemon.agent('bob')];
  await hooks.turn(bob, 'stop', { wake: [BELL] });
  bells.clock.pass(MINUTE);
  const first = await hooks.tell(ann, bob, 'too large to be handed out');
  await settled(daemon);
  for (const at of ['prompt', 'stop'] as const) await hooks.turn(bob, at, { max_bytes: 0 });
  bells.clock.pass(60 * MINUTE);
  await settled(daemon);
  expect(bells.rung).toHaveLength(1);
  await hooks.tell(ann, bob, 'another');
  await settled(daemon);
  expect(bells.rung.map(({ notice }) => notice.unread)).toEqual([1, 2]);
  const { receipts } = await hooks.receipts(ann, bob);
  expect(receipts.find(({ id }) => id === first)?.recipients).toMatchObject([
    { state: 'accepted', wakes: [{ route: 'bell', outcome: 'woken' }] },
  ]);
});
