import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskReassign: SignedHandler<'task_reassign'> = () => {
  throw fail('unavailable', 'not built yet');
};
