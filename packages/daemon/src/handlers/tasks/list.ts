import { fail } from '@lalia/protocol';
import type { OpenHandler } from '../../handler.ts';

export const taskList: OpenHandler<'task_list'> = () => {
  throw fail('unavailable', 'not built yet');
};
