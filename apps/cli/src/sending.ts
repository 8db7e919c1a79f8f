import type { FlagSpec } from './command.ts';

export const NEEDS_ANSWER_FLAG = {
  kind: 'switch',
  summary: 'Mark it as a question: it is in `lalia waiting` until somebody replies to it.',
} as const satisfies FlagSpec;

export const STATUS_FLAG = {
  kind: 'switch',
  summary: 'Mark it as news that must never wake anybody.',
} as const satisfies FlagSpec;

export const ID_FLAG = {
  kind: 'ulid',
  summary: 'The id of the message; sending it again with the same id changes nothing.',
} as const satisfies FlagSpec;
