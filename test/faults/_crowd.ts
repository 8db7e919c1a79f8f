/** Eight agents that send to one, without pause, until they are told to end. */
import type { Agent } from '@lalia/client';
import { becomes, type Lalia } from '@lalia/testkit';
import { expect } from 'vitest';
import { person } from './_people.ts';
import { historyOf } from './_transcript.ts';

const CROWD = 8;

interface Sender {
  readonly agent: Agent;
  /** The bodies that were acknowledged, in order. */
  readonly sent: string[];
}

export class Crowd {
  readonly #senders: readonly Sender[];
  readonly #sending: Promise<unknown>;
  #isOver = false;

  private constructor(agents: readonly Agent[], to: string) {
    this.#senders = agents.map((agent) => ({ agent, sent: [] }));
    this.#sending = Promise.all(this.#senders.map((sender) => this.#send(sender, to)));
    // Whoever waits for progress, or for the end, hears of it.
    this.#sending.catch(() => undefined);
  }

  /** Begins to send to an agent. */
  static async begin(lalia: Lalia, to: string): Promise<Crowd> {
    const names = Array.from({ length: CROWD }, (_, position) => `sender-${String(position)}`);
    const people = await Promise.all(names.map((name) => person(lalia, name)));
    return new Crowd(
      people.map(({ agent }) => agent),
      to,
    );
  }

  /** Waits until each has sent some more. */
  async goesOn(): Promise<void> {
    const before = this.#senders.map(({ sent }) => sent.length);
    const progressed = becomes(() =>
      this.#senders.every(({ sent }, i) => sent.length >= (before[i] ?? 0) + 5),
    );
    // A sender that failed would be waited for in vain.
    await Promise.race([progressed, this.#sending]);
  }

  /** What each sender has sent and was acknowledged until now, by its id. */
  acknowledged(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.#senders.map(({ agent, sent }) => [agent.id, [...sent]]));
  }

  /** Lets them end. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
  }

  /** What each of them sent is in its conversation with a reader, once, in its order, and nothing else. */
  async expectAllAt(reader: Agent): Promise<void> {
    for (const { agent, sent } of this.#senders) {
      const messages = await historyOf(reader, { peer: agent.id });
      expect(messages.map(({ body }) => body)).toEqual(sent);
      expect(messages.map(({ seq }) => seq)).toEqual(sent.map((_, position) => position + 1));
    }
  }

  async #send({ agent, sent }: Sender, to: string): Promise<void> {
    while (!this.#isOver) {
      const body = `${agent.info.name} says ${String(sent.length)}`;
      await agent.tell(to, body);
      sent.push(body);
    }
  }
}
