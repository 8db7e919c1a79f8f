/** The mail of a probe: one message for each way, and what became of it. */
import type { Result } from '@lalia/client';
import type { Ability, Capabilities } from '../capability.ts';
import type { Findings } from './finding.ts';
import { isOver, type Stage } from './stage.ts';

/** A way for mail. */
export type Route = Extract<Ability, `mail-${string}` | 'wake'>;

export const MAIL_ROUTES = [
  'mail-at-start',
  'mail-with-prompt',
  'mail-after-tool',
  'mail-before-stop',
] as const satisfies readonly Route[];

interface Sent {
  readonly id: string;
  readonly body: string;
}

/** From the model's having it to the hook's having said so, in milliseconds. */
const ACKNOWLEDGED_MS = 5000;

const WHEN: Readonly<Record<Route, string>> = {
  'mail-at-start': 'with its first request',
  'mail-with-prompt': 'with a prompt that was typed',
  'mail-after-tool': 'after a command',
  'mail-before-stop': 'instead of stopping',
  wake: 'while it was idle',
};

export class Mail {
  readonly #stage: Stage;
  readonly #findings: Findings;
  readonly #capabilities: Capabilities;
  readonly #sent = new Map<Route, Sent>();
  readonly #arrived = new Set<Route>();

  constructor(stage: Stage, findings: Findings, capabilities: Capabilities) {
    this.#stage = stage;
    this.#findings = findings;
    this.#capabilities = capabilities;
  }

  /** Sends the message of a way. @returns its body. */
  async send(route: Route): Promise<string> {
    const body = `Lalia probe: ${route}.`;
    // What waits for a prompt must not wake anybody.
    const id = await this.#stage.say(body, { status: route === 'mail-with-prompt' });
    this.#sent.set(route, { id, body });
    return body;
  }

  /** Looks whether it is in a request, from 0, in which it has to be, once. */
  look(route: Route, request: number): void {
    const { body } = this.#of(route);
    if (this.#stage.model.times(body, request) === 1) this.#arrived.add(route);
  }

  /** Waits until it is in a request. @param from the first one that counts. @returns whether it came. */
  async arrives(route: Route, from: number, limitMs: number): Promise<boolean> {
    const { body } = this.#of(route);
    const { model } = this.#stage;
    const request = await this.#stage.inTime(model.sees(body, from, this.#stage.within(limitMs)));
    if (request !== undefined) this.look(route, request);
    return this.#arrived.has(route);
  }

  /** The findings of all that were sent: each reached the model when it had to, once, and was acknowledged. */
  async judge(): Promise<void> {
    const acknowledged = this.#stage.until(async () => {
      const states = await Promise.all([...this.#arrived].map((route) => this.#isRead(route)));
      return states.every(Boolean) ? true : undefined;
    }, ACKNOWLEDGED_MS);
    // Where the probe is over, what is there by now counts.
    await acknowledged.catch(ignoreOver);
    for (const route of this.#sent.keys()) await this.#judgeOne(route);
  }

  async #judgeOne(route: Route): Promise<void> {
    const times = this.#stage.model.lastTimes(this.#of(route).body);
    const { can, how } = this.#capabilities[route];
    const fail = (sentence: string): void => {
      if (can === 'yes') this.#findings.fail(route, sentence);
      else this.#findings.warn(route, `${sentence} By the table: ${how}.`);
    };
    if (times > 1) fail(`A message reached the model ${String(times)} times.`);
    else if (!this.#arrived.has(route)) {
      fail(times === 0 ? await this.#missing(route) : `A message came, but not ${WHEN[route]}.`);
    } else if (!(await this.#isRead(route))) fail('A message reached the model, and was not acknowledged.');
    else this.#findings.ok(route, `${await this.#came(route)}, once, and was acknowledged.`);
  }

  async #missing(route: Route): Promise<string> {
    if (route !== 'wake') return `No message came ${WHEN[route]}.`;
    const last = (await this.#receipt(route))?.wakes.at(-1);
    if (last === undefined) return 'Nothing woke it: its hooks offered no way.';
    const by = last.route === null ? '' : ` by ${last.route}`;
    return `Nothing woke it${by}: ${last.outcome}${last.detail === null ? '' : `, ${last.detail}`}.`;
  }

  async #came(route: Route): Promise<string> {
    if (route !== 'wake') return `A message came ${WHEN[route]}`;
    const by = (await this.#receipt(route))?.wakes.at(-1)?.route;
    return `A message woke it${by ? ` (${by})` : ''}, came`;
  }

  async #isRead(route: Route): Promise<boolean> {
    const state = (await this.#receipt(route))?.state;
    return state === 'read' || state === 'answered';
  }

  async #receipt(route: Route): Promise<Recipient | undefined> {
    const { id } = this.#of(route);
    const receipts = await this.#stage.receipts();
    return receipts.find((receipt) => receipt.id === id)?.recipients[0];
  }

  #of(route: Route): Sent {
    const sent = this.#sent.get(route);
    if (sent === undefined) throw new Error(`nothing was sent for ${route}`);
    return sent;
  }
}

type Recipient = Result<'receipts'>['receipts'][number]['recipients'][number];

function ignoreOver(error: unknown): void {
  if (!isOver(error)) throw error;
}
