import { FILE_FLAG, readBody } from '../body.ts';
import { command } from '../command.ts';
import { told } from '../render/sent.ts';
import { ID_FLAG, NEEDS_ANSWER_FLAG, STATUS_FLAG } from '../sending.ts';

export const tell = command({
  name: 'tell',
  group: 'Talk',
  summary: 'Send to one agent; durable when it returns, never waits for the peer.',
  args: {
    peer: { summary: 'Name or address of an agent, or human.', completes: 'agent' },
    message: { summary: 'The text; - is standard input.', optional: true },
  },
  flags: {
    'needs-answer': NEEDS_ANSWER_FLAG,
    status: STATUS_FLAG,
    file: FILE_FLAG,
    id: ID_FLAG,
  },
  examples: [
    { does: 'Tell an agent of this repository', line: 'lalia tell codex "The parser is on main."' },
    { does: 'Send a file to an agent of another one', line: 'lalia tell codex@shop --file notes.md' },
    { does: 'Send what a program prints', line: 'git diff | lalia tell codex -' },
  ],
  run: async ({ args, flags, session }) => {
    const body = await readBody({ text: args.message, file: flags.file });
    const agent = await session.agent();
    const options = { id: flags.id, needsAnswer: flags['needs-answer'], status: flags.status };
    return agent.tell(args.peer, body, options);
  },
  render: told,
});
