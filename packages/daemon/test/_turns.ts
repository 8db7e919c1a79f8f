/** Turns as the hooks of a harness report them, without the socket. */
import { Socket } from 'node:net';
import type { Auth, ParsedParams, Result } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import { HANDLERS } from '../src/handlers/index.ts';
import { acceptInChannel, acceptInRoom } from '../src/sending.ts';
import { Connection } from '../src/socket/connection.ts';
import type { OpenedHome } from './_home.ts';

type Sent = Partial<Pick<ParsedParams<'tell'>, 'needs_answer' | 'status' | 'reply_to'>>;

const BOUNDS = { max_bytes: 10_000, frame: { message_bytes: 0, line_bytes: 0 } };

export class Hooks {
  readonly #daemon: OpenedHome;
  readonly connection = new Connection(new Socket(), { line: () => undefined, closed: () => undefined });
  readonly signal = new AbortController().signal;

  constructor(daemon: OpenedHome) {
    this.#daemon = daemon;
  }

  async turn(
    caller: AgentRecord,
    at: ParsedParams<'turn'>['at'],
    params: Partial<ParsedParams<'turn'>> = {},
  ): Promise<Result<'turn'>> {
    const auth = { agent_id: caller.agentId } as Auth;
    const call = { raw: {}, connection: this.connection, signal: this.signal, caller, auth };
    const full = { at, session_id: 's1', ...BOUNDS, ...params, auth };
    const { answer } = await this.#daemon.run(() => ({
      answer: HANDLERS.turn(this.#daemon.context, { ...call, params: full }),
    }));
    return answer;
  }

  async ack(caller: AgentRecord, deliveryId: string | null): Promise<number> {
    const auth = { agent_id: caller.agentId } as Auth;
    const call = { raw: {}, connection: this.connection, signal: this.signal, caller, auth };
    const params = { delivery_id: deliveryId ?? '', auth };
    const done = this.#daemon.run(() => HANDLERS.ack(this.#daemon.context, { ...call, params }));
    return (await done).acknowledged;
  }

  /** Holds a listener open, as a process inside the harness does. */
  listen(
    caller: AgentRecord,
    { asLast = false }: { readonly asLast?: boolean } = {},
  ): Promise<{ readonly answer: Promise<Result<'wake_wait'>> }> {
    const auth = { agent_id: caller.agentId } as Auth;
    const call = { raw: {}, connection: this.connection, signal: this.signal, caller, auth };
    const params = { session_id: 's1', timeout_ms: 60 * 60 * 1000, as_last: asLast, auth };
    return this.#daemon.run(() => {
      const answer = Promise.resolve(HANDLERS.wake_wait(this.#daemon.context, { ...call, params }));
      answer.catch(() => undefined);
      return { answer };
    });
  }

  async receipts(caller: AgentRecord, to: AgentRecord): Promise<Result<'receipts'>> {
    const auth = { agent_id: caller.agentId } as Auth;
    const call = { raw: {}, connection: this.connection, signal: this.signal, caller, auth };
    const params = { target: { kind: 'channel', agent_id: to.agentId }, limit: 10, auth } as const;
    return HANDLERS.receipts(this.#daemon.context, { ...call, params });
  }

  /** Says something, in a transaction of its own. */
  tell(from: AgentRecord, to: AgentRecord, body: string, sent: Sent = {}): Promise<string> {
    return this.#daemon.run(() => this.telling(from, to, body, sent));
  }

  /** Says something, in the transaction that is open. */
  telling(from: AgentRecord, to: AgentRecord, body: string, sent: Sent = {}): string {
    const id = this.#daemon.context.clock.newId();
    const signed = { sender: from, params: { id, body, ...sent }, auth: this.#auth(from, id) };
    return acceptInChannel(this.#daemon.context, signed, to).message.id;
  }

  post(from: AgentRecord, room: Parameters<typeof acceptInRoom>[2], body: string): Promise<string> {
    const id = this.#daemon.context.clock.newId();
    const signed = { sender: from, params: { id, body }, auth: this.#auth(from, id) };
    return this.#daemon.run(() => acceptInRoom(this.#daemon.context, signed, room).id);
  }

  #auth({ agentId }: AgentRecord, nonce: string): Auth {
    return { agent_id: agentId, ts: this.#daemon.context.clock.nowMs(), nonce, sig: 's' };
  }
}
