/** What the tools work with: the connection, who is calling, and what is owed to a request that waits. */
import {
  type Agent,
  type Client,
  callerFacts,
  type Delivery,
  isLaliaError,
  type Reason,
} from '@lalia/client';
import type { ServerContext } from '@modelcontextprotocol/server';
import type { AcknowledgingTransport } from './acknowledging-transport.ts';

/** Shorter than the minute after which clients give up that hear nothing. */
const PROGRESS_EVERY_MS = 20_000;

/** Why a caller is nobody. */
const NOBODY: readonly Reason[] = ['not_registered', 'ambiguous_caller', 'agent_not_found'];

export interface DeskParts {
  readonly client: Client;
  readonly as: string | undefined;
  readonly transport: AcknowledgingTransport;
}

export class Desk {
  readonly client: Client;
  #as: string | undefined;
  readonly #transport: AcknowledgingTransport;

  constructor({ client, as, transport }: DeskParts) {
    this.client = client;
    this.#as = as;
    this.#transport = transport;
  }

  /**
   * Who is calling, found out anew each time: the agent may have been registered or renamed meanwhile, here or in a shell.
   * @param context the request's, where there is one.
   * @throws LaliaError `not_registered`, `ambiguous_caller`.
   */
  async agent(context?: ServerContext): Promise<Agent> {
    const signal = context?.mcpReq.signal;
    const { agent } = await this.client.identify(callerFacts({ as: this.#as }), { signal });
    return agent;
  }

  /** As `agent`, for what is only looked at: nobody where it cannot be told. */
  async anyAgent(context?: ServerContext): Promise<Agent | undefined> {
    return this.agent(context).catch((error: unknown) => {
      if (isLaliaError(error) && NOBODY.includes(error.reason)) return undefined;
      throw error;
    });
  }

  /** From now on the caller is this agent, wherever else it may be registered. */
  is(agent: Agent): void {
    this.#as = agent.id;
  }

  /** Acknowledges a delivery once its request was answered; gives it back when the request is cancelled instead. */
  hand({ mcpReq: { id, signal } }: ServerContext, delivery: Delivery): void {
    const forget = this.#transport.afterAnswer(id, () => {
      signal.removeEventListener('abort', giveBack);
      return delivery.ack();
    });
    const giveBack = () => {
      forget();
      // What cannot be given back now is given back when the connection ends.
      delivery.release().catch(() => undefined);
    };
    if (signal.aborted) giveBack();
    else signal.addEventListener('abort', giveBack, { once: true });
  }

  /** Waits for something, and tells a client that asked for it that the wait goes on. */
  async waiting<T>({ mcpReq }: ServerContext, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return wait(mcpReq.signal);
    let progress = 0;
    const tell = () => {
      progress += 1;
      const params = { progressToken, progress, message: 'Still waiting.' };
      // A client that is gone is noticed by its end of input.
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
    };
    tell();
    const timer = setInterval(tell, PROGRESS_EVERY_MS);
    try {
      return await wait(mcpReq.signal);
    } finally {
      clearInterval(timer);
    }
  }
}
