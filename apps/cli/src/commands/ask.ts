import { fail, isLaliaError, type Result } from '@lalia/client';
import { FILE_FLAG, readBody } from '../body.ts';
import { command } from '../command.ts';
import { whenInterrupted } from '../interruption.ts';
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
      using _ = whenInterrupted(() => (sent === undefined ? undefined : interrupted(sent)));
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
      throw sent === undefined ? error : unanswered(error, sent);
    }
  },
  render: ({ messages }, view) => frames(messages, view),
});

function whileAway({ recipient }: Result<'tell'>, nowMs: number): string {
  return `${standing(recipient, nowMs)}; waiting for the answer`;
}

/** The SDK's word that the question stands, with what to do about it in a shell. */
function unanswered(error: unknown, question: Result<'tell'>): unknown {
  if (!isLaliaError(error) || error.context['question'] === undefined) return error;
  return fail(error.reason, error.message, {
    hint: `The question stands, ${whatNow(question)}`,
    context: error.context,
    cause: error,
  });
}

function interrupted(question: Result<'tell'>): string {
  return `interrupted; the question #${String(question.seq)} (id ${question.id}) stands, ${whatNow(question)}`;
}

function whatNow({ recipient }: Result<'tell'>): string {
  const peer = shellWord(agentAddress(recipient.agent));
  return `do not ask it again; the answer comes with \`lalia read ${peer}\`.`;
}
