/** Conversations of more than two. */
import { fail } from '@lalia/client';
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { type Call, SENDS, tool } from './tool.ts';

const ACTIONS = ['list', 'create', 'join', 'leave', 'members'] as const;

export const rooms = tool({
  name: 'rooms',
  description:
    'Rooms: list them, create one (you are in it then), join, leave, or see the members of one of yours.',
  input: z.object({
    action: z.enum(ACTIONS).default('list'),
    room: z.string().optional().describe('NAME or NAME@PROJECT; needed for all but list.'),
    description: z.string().optional().describe('What a new room is about.'),
  }),
  // Each action answers as its operation does; a room has more to it in one than in another.
  output: z
    .looseObject({ room: z.looseObject({ name: z.string() }) })
    .extend(OPERATIONS.rooms.result.shape)
    .extend(OPERATIONS.participants.result.omit({ room: true }).shape)
    .partial(),
  annotations: SENDS,
  run: async ({ action, room, description }, call) => answer(await act({ action, room, description }, call)),
});

interface Wanted {
  readonly action: (typeof ACTIONS)[number];
  readonly room: string | undefined;
  readonly description: string | undefined;
}

async function act({ action, room, description }: Wanted, { desk, context }: Call): Promise<object> {
  const agent = await desk.agent(context);
  const options = { signal: context.mcpReq.signal };
  if (action === 'list') return agent.rooms(options);
  if (room === undefined) throw fail('invalid_params', `To ${action} a room, name it in \`room\`.`);
  switch (action) {
    case 'create':
      return agent.createRoom(room, { ...options, ...(description === undefined ? {} : { description }) });
    case 'join':
      return agent.join(room, options);
    case 'leave':
      return agent.leave(room, options);
    case 'members':
      return agent.participants(room, options);
  }
}
