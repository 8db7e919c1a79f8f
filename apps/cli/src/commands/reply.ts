import { FILE_FLAG, readBody } from '../body.ts';
import { command } from '../command.ts';
import { sent } from '../render/sent.ts';
import { NEEDS_ANSWER_FLAG } from '../sending.ts';

export const reply = command({
  name: 'reply',
  group: 'Talk',
  summary: 'Answer the message last read, in its conversation.',
  args: { message: { summary: 'The text; - is standard input.', optional: true } },
  flags: {
    to: { kind: 'ulid', summary: 'Answer this message instead.' },
    'needs-answer': NEEDS_ANSWER_FLAG,
    file: FILE_FLAG,
  },
  examples: [{ does: 'Answer what was just read', line: 'lalia reply "Yes, merge it."' }],
  run: async ({ args, flags, session }) => {
    const body = await readBody({ text: args.message, file: flags.file });
    const agent = await session.agent();
    return agent.reply(body, { to: flags.to, needsAnswer: flags['needs-answer'] });
  },
  render: sent,
});
