import { fail, isLaliaError, type Result } from '@lalia/client';
import { FILE_FLAG, readBody } from '../body.ts';
import { command } from '../command.ts';
import { acknowledge } from '../reading.ts';
import { frames } from '../render/frame.ts';
import { agentAddress, shellWord } from '../render/names.ts';
import { standing } from '../render/sent.ts';
import { TIMEOUT_FLAG } from '../waiting.ts';

export const ask = command({
  name: 'ask',
  group: 'Talk',
  summary: 'Send a question and wait for the answer.',
  args: {
    peer: { summary: 'Name or address of an agent, or human.' },
    message: { summary: 'The question; - is standard input.', optional: true },
  },
  flags: { timeout: TIMEOUT_FLAG, file: FILE_FLAG },
  examples: [{ does: 'Ask and wait a minute', line: 'lalia ask codex "Is the schema final?" --timeout 60' }],
  run: async ({ args, flags, session }) => {
    const body = await readBody({ text: args.message, file: flags.file });
    const agent = await session.agent();
    const timeoutMs = session.waitMs(flags.timeout);
    let sent: Result<'tell'> | undefined;
    try {
      const { question, delivery } = await agent.ask(args.peer, body, {
        timeoutMs,
        onSent: (accepted) => {
          sent = accepted;
          if (accepted.recipient.presence === 'away') session.note(whileAway(accepted, session.now()));
        },
      });
      session.afterPrinting(() => acknowledge(delivery, session));
      return { question, messages: delivery.messages };
    } catch (error) {
      throw sent === undefined ? error : unanswered(error, { question: sent, timeoutMs });
    }
  },
  render: ({ messages }, view) => frames(messages, view),
});

function whileAway({ recipient }: Result<'tell'>, nowMs: number): string {
  return `${standing(recipient, nowMs)}; waiting for the answer`;
}

/** Once the question is sent it stands, whatever ended the waiting; the error says which it is and how to go on. */
function unanswered(
  error: unknown,
  asked: { readonly question: Result<'tell'>; readonly timeoutMs: number },
): unknown {
  // Whoever was unregistered meanwhile gets no answer any more.
  if (!isLaliaError(error) || error.reason === 'unregistered') return error;
  const peer = agentAddress(asked.question.recipient.agent);
  const message =
    error.reason === 'timeout'
      ? `${peer} has not answered #${String(asked.question.seq)} within ${String(asked.timeoutMs / 1000)} s.`
      : error.message;
  return fail(error.reason, message, {
    hint: `The question stands, do not ask it again; the answer comes with \`lalia read ${shellWord(peer)}\`.`,
    context: { ...error.context, question: asked.question.id },
    cause: error,
  });
}
