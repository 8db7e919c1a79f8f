/** Anthropic's Messages. */
import { type Answer, namedEvents, namesIn, type Wire } from '../answer.ts';

export const anthropic: Wire = {
  isAsked: (path) => path.endsWith('/messages'),
  tools: ({ tools }) => namesIn(tools),
  isStreamed: (_, { stream }) => stream === true,
  stream: (answer, id) => {
    const { content, ...message } = messageOf(answer, id);
    const [block] = content;
    const delta =
      answer.kind === 'text'
        ? { type: 'text_delta', text: answer.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(answer.input) };
    const empty = answer.kind === 'text' ? { ...block, text: '' } : { ...block, input: {} };
    return namedEvents([
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: empty },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: message.stop_reason, stop_sequence: null },
        usage: { output_tokens: 1 },
      },
      { type: 'message_stop' },
    ]);
  },
  whole: messageOf,
};

function messageOf(answer: Answer, id: string) {
  const block =
    answer.kind === 'text'
      ? { type: 'text', text: answer.text }
      : { type: 'tool_use', id: `toolu_${id}`, name: answer.name, input: answer.input };
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [block],
    stop_reason: answer.kind === 'text' ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}
