import {
  type Agent,
  agentAddress,
  ago,
  fail,
  isLaliaError,
  isUlid,
  type MessageView,
  oneLine,
  type PastMessage,
  type Result,
} from '@lalia/client';
import { FILE_FLAG, readBody } from '../body.ts';
import { type Command, command, usageOf } from '../command.ts';
import { whenInterrupted } from '../interruption.ts';
import { acknowledge } from '../reading.ts';
import { frames } from '../render/frame.ts';
import { shellWord } from '../render/names.ts';
import { standing } from '../render/sent.ts';
import type { Session } from '../session.ts';
import { TIMEOUT_FLAG } from '../waiting.ts';

/** A question, as `ask` and `ask --resume` know it. */
type Question = Result<'tell'>;

interface Answered {
  readonly question: Question;
  readonly messages: readonly (MessageView | PastMessage)[];
}

/** The two ways to an answer; each says as soon as it knows which question is waited on. */
type Way = (waiting: {
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly onQuestion: (question: Question) => void;
}) => Promise<Answered>;

export const ask: Command = command({
  name: 'ask',
  group: 'Talk',
  summary: 'Send a question and wait for the answer.',
  args: {
    peer: {
      summary: 'Name or address of an agent, or human; with --resume the id of the question.',
      optional: true,
      completes: 'agent',
    },
    message: { summary: 'The question; - is standard input.', optional: true },
  },
  flags: {
    timeout: TIMEOUT_FLAG,
    file: FILE_FLAG,
    resume: {
      kind: 'switch',
      summary: 'Ask nothing: wait on for the answer to the last question, or to the one of this id.',
    },
  },
  examples: [
    { does: 'Ask and wait a minute', line: 'lalia ask codex "Is the schema final?" --timeout 60' },
    { does: 'Wait on, after a timeout or a restart', line: 'lalia ask --resume' },
  ],
  run: async ({ args, flags, session }) => {
    const way = flags.resume
      ? resuming({ ...args, file: flags.file }, session)
      : await asking({ ...args, file: flags.file }, session);
    const agent = await session.agent();
    let question: Question | undefined;
    try {
      using _ = whenInterrupted(() => (question === undefined ? undefined : interrupted(question)));
      const onQuestion = (known: Question): void => {
        question = known;
        if (known.recipient.presence === 'away') session.note(whileAway(known, session.now()));
      };
      const answered = await way({ agent, timeoutMs: session.waitMs(flags.timeout), onQuestion });
      noteIfNoReply(answered, session);
      return answered;
    } catch (error) {
      throw question === undefined ? error : unanswered(error, question);
    }
  },
  render: ({ messages }, view) => frames(messages, view),
});

interface Words {
  readonly peer: string | undefined;
  readonly message: string | undefined;
  readonly file: string | undefined;
}

async function asking({ peer, message, file }: Words, session: Session): Promise<Way> {
  if (peer === undefined) throw usageError('<peer> is missing.');
  const body = await readBody({ text: message, file });
  return async ({ agent, timeoutMs, onQuestion }) => {
    const { question, delivery } = await agent.ask(peer, body, { timeoutMs, onSent: onQuestion });
    session.afterPrinting(() => acknowledge(delivery, session));
    return { question, messages: delivery.messages };
  };
}

function resuming({ peer: id, message, file }: Words, session: Session): Way {
  if (message !== undefined || file !== undefined)
    throw usageError('--resume asks nothing: it takes no text.');
  if (id !== undefined && !isUlid(id)) throw usageError(`"${id.slice(0, 40)}" is no id of a question.`);
  return async ({ agent, timeoutMs, onQuestion }) => {
    const { question, messages, delivery } = await agent.questions.resume(id, {
      timeoutMs,
      onFound: (found) => {
        if (id === undefined) session.note(whichOne(found, session.now()));
        const known = asSent(found);
        if (known !== undefined && found.reply === null) onQuestion(known);
      },
    });
    if (delivery !== undefined) session.afterPrinting(() => acknowledge(delivery, session));
    const known = asSent(question);
    if (known === undefined) throw fail('internal', 'A question in a channel has no recipient.');
    return { question: known, messages };
  };
}

/** A question that was sent before, as sending it once more would answer. */
function asSent({ id, seq, ts, recipients }: Result<'question'>): Question | undefined {
  const [recipient] = recipients;
  if (recipient === undefined) return undefined;
  const { agent, presence, away_since, unread_before, turn } = recipient;
  return { id, seq, ts, duplicate: true, recipient: { agent, presence, away_since, unread_before, turn } };
}

function whichOne({ seq, ts, excerpt, recipients }: Result<'question'>, nowMs: number): string {
  const to = recipients.map(({ agent }) => agentAddress(agent)).join(', ');
  return `the answer to #${String(seq)} to ${to}, asked ${ago(ts, nowMs)}${excerpt === null ? '' : `: ${oneLine(excerpt)}`}`;
}

function whileAway({ recipient }: Question, nowMs: number): string {
  return `${standing(recipient, nowMs)}; waiting for the answer`;
}

/** The peer's next message may be no answer at all; only a reply, or the asker, closes a question. */
function noteIfNoReply({ question, messages }: Answered, session: Session): void {
  if (messages.some(({ reply_to }) => reply_to === question.id)) return;
  session.note(
    `this is no reply to #${String(question.seq)}, which stays open; if it answers it: lalia resolve ${question.id}`,
  );
}

/** The SDK's word that the question stands, with what to do about it in a shell. */
function unanswered(error: unknown, question: Question): unknown {
  if (!isLaliaError(error) || error.context['question'] === undefined) return error;
  return fail(error.reason, error.message, {
    hint: `The question stands, ${whatNow(question)}`,
    context: error.context,
    cause: error,
  });
}

function interrupted(question: Question): string {
  return `interrupted; the question #${String(question.seq)} (id ${question.id}) stands, ${whatNow(question)}`;
}

function whatNow({ id, recipient }: Question): string {
  const peer = shellWord(agentAddress(recipient.agent));
  return `do not ask it again: \`lalia ask --resume ${id}\` waits on; the answer also comes with \`lalia read ${peer}\`.`;
}

function usageError(message: string): Error {
  return fail('invalid_params', message, { hint: `Usage: ${usageOf(ask)}` });
}
