/** What an agent says. */
import { fail, isLaliaError } from '@lalia/client';
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { messagesText } from '../messages-text.ts';
import { address, isStatus, messageId, needsAnswer, SENDS, text, tool, waitSeconds } from './tool.ts';

const { tell: telling, post: posting, read: reading } = OPERATIONS;

export const tell = tool({
  name: 'tell',
  description:
    'Sends a message to one agent. Durable when it returns; it never waits. The answer says where the recipient stands: sent is not seen.',
  input: z.object({ to: address, message: text, needs_answer: needsAnswer, status: isStatus }),
  output: telling.result,
  annotations: SENDS,
  run: async ({ to, message, needs_answer, status }, { desk, context }) => {
    const agent = await desk.agent(context);
    const { signal } = context.mcpReq;
    return answer(await agent.tell(to, message, { needsAnswer: needs_answer, status, signal }));
  },
});

export const post = tool({
  name: 'post',
  description: 'Sends a message to all other members of a room. Durable when it returns.',
  input: z.object({
    room: z.string().describe('NAME or NAME@PROJECT'),
    message: text,
    needs_answer: needsAnswer,
    status: isStatus,
  }),
  output: posting.result,
  annotations: SENDS,
  run: async ({ room, message, needs_answer, status }, { desk, context }) => {
    const agent = await desk.agent(context);
    const { signal } = context.mcpReq;
    return answer(await agent.post(room, message, { needsAnswer: needs_answer, status, signal }));
  },
});

export const reply = tool({
  name: 'reply',
  description: 'Answers the message you read last, in its channel or room.',
  input: z.object({
    message: text,
    to: messageId.optional().describe('The id of another message to answer.'),
  }),
  // In a channel what `tell` answers, in a room what `post` does.
  output: posting.result.extend(telling.result.shape).partial(),
  annotations: SENDS,
  run: async ({ message, to }, { desk, context }) => {
    const agent = await desk.agent(context);
    return answer(await agent.reply(message, { to, signal: context.mcpReq.signal }));
  },
});

export const ask = tool({
  name: 'ask',
  description:
    'Asks one agent and waits for its answer; other mail stays unread. Without an answer in time the question stands: wait on with `resume`, do not ask again.',
  input: z.object({
    to: address.optional(),
    message: text.optional(),
    resume: messageId
      .optional()
      .describe('The id of a question asked before, instead of `to` and `message`.'),
    timeout_s: waitSeconds,
  }),
  output: z.object({ question: z.string(), messages: reading.result.shape.messages }),
  annotations: SENDS,
  run: async ({ to, message, resume, timeout_s }, { desk, context }) => {
    const agent = await desk.agent(context);
    const asked = await question();
    try {
      const { messages, delivery } = await desk.waiting(context, (signal) =>
        agent.questions.resume(asked.id, { timeoutMs: timeout_s * 1000, signal }),
      );
      if (delivery !== undefined) desk.hand(context, delivery);
      return answer({ question: asked.id, messages }, messagesText(messages, agent.info));
    } catch (error) {
      if (!isLaliaError(error) || error.reason !== 'timeout') throw error;
      const unanswered = `No answer yet. The question stands: ask with resume ${asked.id} to wait on; do not ask again.`;
      return answer({ question: asked.id, messages: [] }, unanswered);
    }

    function question() {
      if (resume !== undefined && message === undefined) return { id: resume };
      if (resume === undefined && to !== undefined && message !== undefined) {
        return agent.tell(to, message, { needsAnswer: true, signal: context.mcpReq.signal });
      }
      throw fail('invalid_params', 'Give `to` and `message` to ask, or `resume` alone to wait on.');
    }
  },
});
