import { FILE_FLAG, readBody } from '../body.ts';
import { command } from '../command.ts';
import { posted } from '../render/sent.ts';
import { ID_FLAG, NEEDS_ANSWER_FLAG, STATUS_FLAG } from '../sending.ts';

export const post = command({
  name: 'post',
  group: 'Talk',
  summary: 'Send to all other members of a room.',
  args: {
    room: { summary: 'Name of a room of this project, or NAME@PROJECT.', completes: 'room' },
    message: { summary: 'The text; - is standard input.', optional: true },
  },
  flags: { 'needs-answer': NEEDS_ANSWER_FLAG, status: STATUS_FLAG, file: FILE_FLAG, id: ID_FLAG },
  examples: [{ does: 'Tell everybody in a room', line: 'lalia post auth "Tokens are signed now."' }],
  run: async ({ args, flags, session }) => {
    const body = await readBody({ text: args.message, file: flags.file });
    const agent = await session.agent();
    const options = { id: flags.id, needsAnswer: flags['needs-answer'], status: flags.status };
    return agent.post(args.room, body, options);
  },
  render: posted,
});
