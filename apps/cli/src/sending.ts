import type { FlagSpec } from './command.ts';

export const ID_FLAG = {
  kind: 'ulid',
  summary: 'The id of the message; sending it again with the same id changes nothing.',
} as const satisfies FlagSpec;
