/** Google's generateContent. */
import { type Answer, namesIn, plainEvents, type Wire } from '../answer.ts';

export const gemini: Wire = {
  isAsked: (path) => /:(streamG|g)enerateContent$/.test(path),
  tools: ({ tools }) => namesIn(tools),
  isStreamed: (path) => path.endsWith(':streamGenerateContent'),
  stream: (answer, id) => plainEvents([wholeOf(answer, id)]),
  whole: wholeOf,
};

function wholeOf(answer: Answer, id: string) {
  const part =
    answer.kind === 'text'
      ? { text: answer.text }
      : { functionCall: { id: `call_${id}`, name: answer.name, args: answer.input } };
  return {
    candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: 'scripted',
    responseId: id,
  };
}
