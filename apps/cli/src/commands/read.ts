import { limits } from '@lalia/client';
import { command } from '../command.ts';
import { handOut } from '../reading.ts';
import { received } from '../render/received.ts';
import { ROOM_FLAG } from '../target.ts';
import { TIMEOUT_FLAG } from '../waiting.ts';

export const read = command({
  name: 'read',
  group: 'Talk',
  summary: 'Read the oldest unread message of a peer, or all of a room; waits for one.',
  args: {
    from: {
      summary: 'An agent, or a room.',
      completes: 'conversation',
      instead: 'Mail from anywhere comes with `lalia read-any`.',
    },
  },
  flags: {
    room: ROOM_FLAG,
    timeout: TIMEOUT_FLAG,
    all: { kind: 'switch', summary: 'All unread messages, not only the oldest.' },
    max: { kind: 'count', min: 1, max: limits.MAX_HISTORY_MESSAGES, summary: 'At most so many messages.' },
  },
  examples: [
    { does: 'Wait for a message from an agent', line: 'lalia read codex' },
    { does: 'Take what is there in a room', line: 'lalia read auth --room --timeout 0' },
  ],
  run: async ({ args, flags, session }) => {
    const agent = await session.agent();
    const client = await session.client();
    const { project } = agent.info;
    const found = await client.resolve({ address: args.from, kind: flags.room ? 'room' : 'any', project });
    const source = found.kind === 'room' ? { room: found.room.room_id } : { peer: found.agent.agent_id };
    const usual = found.kind === 'room' ? limits.MAX_ROOM_UNREAD : 1;
    const max = flags.max ?? (flags.all ? limits.MAX_HISTORY_MESSAGES : usual);
    const timeoutMs = session.waitMs(flags.timeout);
    return handOut(await agent.read(source, { timeoutMs, max }), session);
  },
  render: (result, view) => received(result, view),
});
