import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskGuard: SignedHandler<'task_guard'> = () => {
  throw fail('unavailable', 'not built yet');
};
