/** Questions that are open. */
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { messageId, SENDS, tool } from './tool.ts';

export const waiting = tool({
  name: 'waiting',
  description:
    'The questions of yours that nobody answered, and those you owe an answer: look before you finish. `close` closes one of your own that needs no answer any more.',
  input: z.object({ close: messageId.optional().describe('The id of a question of yours.') }),
  output: OPERATIONS.waiting.result.extend(OPERATIONS.question_resolve.result.shape).partial(),
  annotations: SENDS,
  run: async ({ close }, { desk, context }) => {
    const agent = await desk.agent(context);
    const options = { signal: context.mcpReq.signal };
    if (close === undefined) return answer(await agent.questions.waiting(options));
    return answer(await agent.questions.resolve(close, options));
  },
});
