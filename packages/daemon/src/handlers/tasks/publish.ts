import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskPublish: SignedHandler<'task_publish'> = () => {
  throw fail('unavailable', 'not built yet');
};
