/** OpenAI's chat completions, which many vendors speak. */
import { type Answer, namesIn, plainEvents, type Wire } from '../answer.ts';

export const chat: Wire = {
  isAsked: (path) => path.endsWith('/chat/completions'),
  tools: ({ tools }) => namesIn(tools),
  isStreamed: (_, { stream }) => stream === true,
  stream: (answer, id) => {
    const { usage, choices: _, ...head } = wholeOf(answer, id);
    const chunk = { ...head, object: 'chat.completion.chunk' };
    return `${plainEvents([
      { ...chunk, choices: [{ index: 0, delta: messageOf(answer, id), finish_reason: null }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: reasonOf(answer) }] },
      { ...chunk, choices: [], usage },
    ])}data: [DONE]\n\n`;
  },
  whole: wholeOf,
};

function wholeOf(answer: Answer, id: string) {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, message: messageOf(answer, id), finish_reason: reasonOf(answer) }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function messageOf(answer: Answer, id: string) {
  if (answer.kind === 'text') return { role: 'assistant', content: answer.text };
  const call = { name: answer.name, arguments: JSON.stringify(answer.input) };
  const calls = [{ index: 0, id: `call_${id}`, type: 'function', function: call }];
  return { role: 'assistant', content: null, tool_calls: calls };
}

function reasonOf({ kind }: Answer): string {
  return kind === 'text' ? 'stop' : 'tool_calls';
}
