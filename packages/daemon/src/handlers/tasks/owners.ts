import { fail } from '@lalia/protocol';
import type { OpenHandler } from '../../handler.ts';

export const taskOwners: OpenHandler<'task_owners'> = () => {
  throw fail('unavailable', 'not built yet');
};
