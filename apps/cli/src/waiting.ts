import type { FlagSpec } from './command.ts';

export const TIMEOUT_FLAG = {
  kind: 'seconds',
  summary:
    'How long to wait; 0 does not wait. Without it 300, or less where the harness would end the command sooner.',
} as const satisfies FlagSpec;
