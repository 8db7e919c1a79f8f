import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskRelease: SignedHandler<'task_release'> = () => {
  throw fail('unavailable', 'not built yet');
};
