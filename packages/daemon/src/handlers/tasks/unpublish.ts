import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskUnpublish: SignedHandler<'task_unpublish'> = () => {
  throw fail('unavailable', 'not built yet');
};
