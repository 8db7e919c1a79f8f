/** The conversation that a command line names: an agent's channel or a room. */
import { fail, type Source } from '@lalia/client';
import type { FlagSpec } from './command.ts';

export const ROOM_FLAG = {
  kind: 'switch',
  summary: 'The name is a room; needed only where an agent has the same name.',
} as const satisfies FlagSpec;

export interface Named {
  readonly name: string;
  readonly room: boolean;
}

/** The source or target that the client resolves. */
export function conversation({ name, room }: Named): Exclude<Source, 'any'> {
  return room ? { room: name } : { name };
}

/** As `conversation`, where no name at all means every conversation. */
export function anyConversation({
  name,
  room,
}: Omit<Named, 'name'> & { readonly name: string | undefined }): Source {
  if (name !== undefined) return conversation({ name, room });
  if (!room) return 'any';
  throw fail('invalid_params', '--room needs the name of a room.', {
    hint: '`lalia rooms` lists the rooms.',
  });
}
