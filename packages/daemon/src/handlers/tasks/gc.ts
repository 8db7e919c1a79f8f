import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskGc: SignedHandler<'task_gc'> = () => {
  throw fail('unavailable', 'not built yet');
};
