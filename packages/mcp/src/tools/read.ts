/** Taking mail. */
import { isLaliaError } from '@lalia/client';
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { droppedText, messagesText } from '../messages-text.ts';
import { tool, waitSeconds } from './tool.ts';

const MAX_AT_ONCE = 64;
const DEFAULT_AT_ONCE = 10;

export const read = tool({
  name: 'read',
  description:
    'Takes your oldest unread mail, of one conversation at a time, and waits for some when there is none. "Nothing yet" is no error.',
  input: z.object({
    from: z.string().optional().describe('An agent or a room; default: anywhere, the oldest first.'),
    max: z.int().min(1).max(MAX_AT_ONCE).default(DEFAULT_AT_ONCE).describe('At most so many messages.'),
    timeout_s: waitSeconds,
  }),
  output: OPERATIONS.read.result.omit({ delivery_id: true }),
  // Taken once: the next call gives what comes after it.
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  run: async ({ from, max, timeout_s }, { desk, context }) => {
    const agent = await desk.agent(context);
    try {
      const delivery = await desk.waiting(context, (signal) =>
        agent.read(from === undefined ? 'any' : { name: from }, { timeoutMs: timeout_s * 1000, max, signal }),
      );
      desk.hand(context, delivery);
      const { messages, dropped, remaining } = delivery;
      const notes = [
        ...(dropped === null ? [] : [droppedText(dropped)]),
        messagesText(messages, agent.info),
        ...(remaining === 0 ? [] : [`${String(remaining)} more unread`]),
      ];
      return answer({ messages, dropped, remaining }, notes.join('\n'));
    } catch (error) {
      if (!isLaliaError(error) || error.reason !== 'timeout') throw error;
      return answer({ messages: [], dropped: null, remaining: 0 }, 'Nothing yet.');
    }
  },
});
