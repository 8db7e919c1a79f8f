import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskSetStatus: SignedHandler<'task_set_status'> = () => {
  throw fail('unavailable', 'not built yet');
};
