import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskUnassign: SignedHandler<'task_unassign'> = () => {
  throw fail('unavailable', 'not built yet');
};
