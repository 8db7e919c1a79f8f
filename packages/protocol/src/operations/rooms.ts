/** Operations on rooms and their members (spec 6). */
import * as z from 'zod';
import { operation } from './definition.ts';
import { agentInfo, auth, name, roomRef, timestampMs, ulid } from './shapes.ts';

const roomInfo = roomRef
  .extend({
    description: z.string(),
    created_ts: timestampMs,
    members: z.int().nonnegative(),
    messages: z.int().nonnegative(),
    joined: z.boolean().describe('Whether the caller is a member; unread is 0 where it is not.'),
    unread: z.int().nonnegative(),
  })
  .meta({ id: 'RoomInfo', description: 'A room, as the caller sees it.' });

export const roomCreate = operation({
  name: 'room_create',
  summary: 'Makes a room in the caller’s project; the caller is its first member.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ name, description: z.string().max(4096).optional(), auth }),
  result: z.object({ room: roomInfo }),
  errors: ['room_exists', 'storage_full'],
});

export const join = operation({
  name: 'join',
  summary: 'Makes the caller a member of a room; again changes nothing.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ room: ulid, auth }),
  result: z.object({ room: roomInfo, joined_now: z.boolean() }),
  errors: ['room_not_found', 'room_full', 'room_archived'],
});

export const leave = operation({
  name: 'leave',
  summary: 'Ends the caller’s membership of a room; unread messages of it are gone for the caller.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ room: ulid, auth }),
  result: z.object({ room: roomRef }),
  errors: ['room_not_found'],
});

export const participants = operation({
  name: 'participants',
  summary: 'The members of a room, for its members.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ room: ulid, auth }),
  result: z.object({ room: roomRef, members: z.array(agentInfo.extend({ joined_ts: timestampMs })) }),
  errors: ['room_not_found'],
});

export const rooms = operation({
  name: 'rooms',
  summary: 'All rooms, with the caller’s membership and unread counts.',
  caller: 'agent',
  blocking: false,
  params: z.strictObject({ auth }),
  result: z.object({ rooms: z.array(roomInfo) }),
  errors: [],
});
