/** What an agent does with its questions: which are open, closing one, waiting on for an answer. */
import { fail, limits, type MessageView, type PastMessage, type Result, type Ulid } from '@lalia/protocol';
import type { Delivery } from './delivery.ts';
import { stillStands } from './question.ts';
import { type Reader, type ReadOptions, read } from './reading.ts';
import type { CallOptions } from './signed-caller.ts';

export interface ResumeOptions extends ReadOptions {
  /** Called when the question is found, before the wait begins. */
  readonly onFound?: ((question: Result<'question'>) => void) | undefined;
}

/** The answer to a question that was asked before. */
export interface Resumed {
  readonly question: Result<'question'>;
  readonly messages: readonly (MessageView | PastMessage)[];
  /** To be acknowledged; none where the answer was read already. */
  readonly delivery: Delivery | undefined;
}

export class AgentQuestions {
  readonly #reader: Reader;

  /** Use `Agent.questions`. */
  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** The open questions: those this agent asked, and those it owes an answer; the oldest first. */
  waiting({
    limit,
    ...options
  }: CallOptions & { readonly limit?: number | undefined } = {}): Promise<Result<'waiting'>> {
    return this.#reader.caller.call('waiting', limit === undefined ? {} : { limit }, options);
  }

  /**
   * Closes a question of this agent, as a reply would; again changes nothing.
   * @throws LaliaError `message_not_found` or `not_a_question`.
   */
  resolve(question: Ulid, options: CallOptions = {}): Promise<Result<'question_resolve'>> {
    return this.#reader.caller.call('question_resolve', { question }, options);
  }

  /**
   * Waits for the answer to a question that this agent asked before, also in another process; a reply that was read already is
   * given again.
   * @param question its id; without it the last one that this agent asked another agent.
   * @throws LaliaError `timeout` when none came in time; `agent_not_found` when who was asked is unregistered; `message_not_found`,
   *   `not_a_question`; `invalid_params` for a question in a room, where anybody may answer and the answers are read.
   */
  async resume(question?: Ulid, { onFound, ...options }: ResumeOptions = {}): Promise<Resumed> {
    const params = question === undefined ? {} : { question };
    const found = await this.#reader.caller.call('question', params, { signal: options.signal });
    if (found.conversation.kind === 'room') {
      throw fail(
        'invalid_params',
        `#${String(found.seq)} was asked in room ${found.conversation.room.name}.`,
        {
          hint: `Read the answers there: lalia read ${found.conversation.room.name} --room`,
        },
      );
    }
    onFound?.(found);
    if (found.reply !== null) return { question: found, messages: [found.reply], delivery: undefined };
    const { id, seq, conversation } = found;
    const timeoutMs = options.timeoutMs ?? limits.DEFAULT_WAIT_MS;
    const answer = read(this.#reader, { kind: 'answer', question: id }, options).catch((error: unknown) => {
      throw stillStands(error, { id, seq, peer: conversation.with, timeoutMs });
    });
    const delivery = await answer;
    return { question: found, messages: delivery.messages, delivery };
  }
}
