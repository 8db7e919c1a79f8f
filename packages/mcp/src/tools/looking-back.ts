/** What was said before; nothing is taken by looking. */
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { messagesText } from '../messages-text.ts';
import { LOOKS, tool } from './tool.ts';

const PAGE = 20;
const MAX_PAGE = 100;

const limit = z.int().min(1).max(MAX_PAGE).default(PAGE);

export const history = tool({
  name: 'history',
  description:
    'A page of a conversation of yours, in its order: the newest, or what comes after `since` or before `before`.',
  input: z.object({
    with: z.string().describe('An agent or a room.'),
    since: z.int().nonnegative().optional().describe('Only messages with a greater number.'),
    before: z.int().positive().optional().describe('Only messages with a smaller number.'),
    limit,
  }),
  output: OPERATIONS.history.result,
  annotations: LOOKS,
  run: async ({ with: name, since, before, limit: size }, { desk, context }) => {
    const agent = await desk.agent(context);
    const page = await agent.history(
      { name },
      {
        ...(since === undefined ? {} : { sinceSeq: since }),
        ...(before === undefined ? {} : { beforeSeq: before }),
        limit: size,
        signal: context.mcpReq.signal,
      },
    );
    const text = page.messages.length === 0 ? 'No messages.' : messagesText(page.messages, agent.info);
    return answer(page, text);
  },
});

export const search = tool({
  name: 'search',
  description:
    'Finds messages of your conversations by their words, the newest first: words, "phrases", begin*.',
  input: z.object({
    words: z.string(),
    from: z.string().optional().describe('Only what this agent said.'),
    in: z.string().optional().describe('Only in the conversation with this agent, or in this room.'),
    limit,
  }),
  output: OPERATIONS.search.result,
  annotations: LOOKS,
  run: async ({ words, from, in: name, limit: size }, { desk, context }) => {
    const agent = await desk.agent(context);
    const found = await agent.search(words, {
      ...(from === undefined ? {} : { from }),
      ...(name === undefined ? {} : { in: { name } }),
      limit: size,
      signal: context.mcpReq.signal,
    });
    return answer(found);
  },
});
