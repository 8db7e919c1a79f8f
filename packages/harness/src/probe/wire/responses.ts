/** OpenAI's Responses. */
import { type Answer, namedEvents, namesIn, type Wire } from '../answer.ts';

export const responses: Wire = {
  isAsked: (path) => path.endsWith('/responses'),
  tools: ({ tools }) => namesIn(tools),
  isStreamed: (_, { stream }) => stream === true,
  stream: (answer, id) =>
    namedEvents([
      { type: 'response.created', response: { id: `resp_${id}` } },
      { type: 'response.output_item.done', output_index: 0, item: itemOf(answer, id) },
      { type: 'response.completed', response: wholeOf(answer, id) },
    ]),
  whole: wholeOf,
};

function wholeOf(answer: Answer, id: string) {
  return {
    id: `resp_${id}`,
    object: 'response',
    status: 'completed',
    output: [itemOf(answer, id)],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  };
}

function itemOf(answer: Answer, id: string) {
  return answer.kind === 'text'
    ? {
        type: 'message',
        id: `msg_${id}`,
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: answer.text, annotations: [] }],
      }
    : {
        type: 'function_call',
        id: `fc_${id}`,
        call_id: `call_${id}`,
        name: answer.name,
        arguments: JSON.stringify(answer.input),
        status: 'completed',
      };
}
