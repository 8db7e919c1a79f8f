import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskClaim: SignedHandler<'task_claim'> = () => {
  throw fail('unavailable', 'not built yet');
};
