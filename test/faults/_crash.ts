/** One talk among agents, while daemons are killed in it at places that are known by name. */
import { type Agent, type Client, type InboxMessage, isLaliaError, stopDaemon } from '@lalia/client';
import { becomes, Lalia, type Running } from '@lalia/testkit';
import { expect } from 'vitest';
import { person } from './_people.ts';
import { expectTranscript, historyOf } from './_transcript.ts';

/** More than any failpoint needs to be reached; a talk that goes on for longer never will. */
const MAX_ROUNDS = 20;

interface Sent {
  readonly id: string;
  readonly seq: number;
}

/**
 * Kills a first daemon at the first hit of a failpoint and a second one at a later hit, each in the middle of a talk, then
 * expects that what was acknowledged is there, once, for the readers and in the transcript.
 */
export async function expectSurvivesCrashAt(failpoint: string, laterHit: number): Promise<void> {
  await using lalia = new Lalia();
  const first = await doomedDaemon(lalia, `${failpoint}:1`);
  const talk = await Talk.begin(lalia);
  await talk.goOnUntilGone(first);
  // This one is the daemon that the clients have started meanwhile.
  await stopDaemon({ env: lalia.env });
  const second = await doomedDaemon(lalia, `${failpoint}:${String(laterHit)}`);
  await talk.goOnUntilGone(second);
  await talk.expectNothingLost();
}

/** @returns undefined when it was killed before it was ready. */
async function doomedDaemon(lalia: Lalia, failpoints: string): Promise<Running | undefined> {
  return lalia.daemon({ LALIA_FAILPOINTS: failpoints }).catch(() => undefined);
}

/** Making a room is not repeated by itself: whether it was made before the connection was lost, only the next attempt tells. */
async function untilThereIs(agent: Agent, room: string): Promise<void> {
  try {
    await agent.createRoom(room);
  } catch (error) {
    if (!isLaliaError(error) || error.reason === 'room_exists') return;
    if (error.reason !== 'connection_lost') throw error;
    await untilThereIs(agent, room);
  }
}

class Talk {
  readonly #lalia: Lalia;
  readonly #client: Client;
  readonly #alice: Agent;
  readonly #bob: Agent;
  readonly #carol: Agent;
  readonly #sent = { fromAlice: [] as Sent[], fromCarol: [] as Sent[], inRoom: [] as Sent[] };
  readonly #got: InboxMessage[] = [];
  readonly #over = new AbortController();
  readonly #reading: Promise<void>;
  #rounds = 0;

  private constructor(
    { lalia, client }: { readonly lalia: Lalia; readonly client: Client },
    [alice, bob, carol]: readonly [Agent, Agent, Agent],
  ) {
    this.#lalia = lalia;
    this.#client = client;
    this.#alice = alice;
    this.#bob = bob;
    this.#carol = carol;
    this.#reading = this.#readAll();
    // Its failure is heard of at the end, or never, when the talk itself has failed.
    this.#reading.catch(() => undefined);
  }

  static async begin(lalia: Lalia): Promise<Talk> {
    const { agent: alice, client } = await person(lalia, 'alice');
    const { agent: bob } = await person(lalia, 'bob');
    const { agent: carol } = await person(lalia, 'carol');
    await untilThereIs(alice, 'hall');
    await bob.join('hall');
    await carol.join('hall');
    return new Talk({ lalia, client }, [alice, bob, carol]);
  }

  /** Talks until a daemon has been killed, and once more after that. */
  async goOnUntilGone(doomed: Running | undefined): Promise<void> {
    let isGone = doomed === undefined;
    doomed?.finished.then(() => {
      isGone = true;
    }, expect.unreachable);
    for (let rounds = 0; !isGone; rounds += 1) {
      if (rounds === MAX_ROUNDS) throw new Error('The failpoint was never reached.');
      await this.#round();
      // What is said while the transcript is being written makes no further hits of its failpoints.
      await becomes(async () => isGone || (await this.#client.call('status', {})).journal.backlog === 0);
    }
    const end = await doomed?.finished;
    expect(end?.signal ?? 'SIGKILL').toBe('SIGKILL');
    await this.#round();
  }

  async expectNothingLost(): Promise<void> {
    const all = Object.values(this.#sent).flat().length;
    await becomes(() => this.#got.length >= all);
    await becomes(async () => (await this.#unreadStates()).length === 0);
    this.#over.abort();
    await this.#reading;

    const withAlice = await historyOf(this.#bob, { peer: 'alice' });
    const withCarol = await historyOf(this.#bob, { peer: 'carol' });
    const inRoom = await historyOf(this.#bob, { room: 'hall' });
    const { fromAlice, fromCarol, inRoom: posted } = this.#sent;
    expect(
      [withAlice, withCarol, inRoom].map((messages) => messages.map(({ id, seq }) => ({ id, seq }))),
    ).toEqual([fromAlice, fromCarol, posted]);
    for (const messages of [withAlice, withCarol, inRoom]) {
      const ids = new Set(messages.map(({ id }) => id));
      expect(this.#got.filter(({ id }) => ids.has(id)).map(({ seq }) => seq)).toEqual(
        messages.map(({ seq }) => seq),
      );
    }
    await expectTranscript(this.#lalia, [withAlice, withCarol, inRoom]);
  }

  /** Everybody says something at once; somebody new comes. */
  async #round(): Promise<void> {
    this.#rounds += 1;
    const body = `Round ${String(this.#rounds)}`;
    const [fromAlice, fromCarol, inRoom] = await Promise.all([
      this.#alice.tell('bob', body),
      this.#carol.tell('bob', body),
      this.#alice.post('hall', body),
      person(this.#lalia, `guest-${String(this.#rounds)}`),
    ]);
    this.#sent.fromAlice.push({ id: fromAlice.id, seq: fromAlice.seq });
    this.#sent.fromCarol.push({ id: fromCarol.id, seq: fromCarol.seq });
    this.#sent.inRoom.push({ id: inRoom.id, seq: inRoom.seq });
  }

  async #readAll(): Promise<void> {
    const { signal } = this.#over;
    try {
      for await (const message of this.#bob.inbox({ signal })) this.#got.push(message);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Of bob's messages, the states of those that are not read yet. */
  async #unreadStates(): Promise<string[]> {
    const answers = await Promise.all([
      this.#alice.receipts({ peer: 'bob' }, { limit: 1000 }),
      this.#carol.receipts({ peer: 'bob' }, { limit: 1000 }),
      this.#alice.receipts({ room: 'hall' }, { limit: 1000 }),
    ]);
    return answers
      .flatMap(({ receipts }) => receipts)
      .flatMap(({ recipients }) => recipients)
      .filter(({ agent, state }) => agent.name === 'bob' && state !== 'read')
      .map(({ state }) => state);
  }
}
