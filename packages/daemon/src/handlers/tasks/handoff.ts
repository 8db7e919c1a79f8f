import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../../handler.ts';

export const taskHandoff: SignedHandler<'task_handoff'> = () => {
  throw fail('unavailable', 'not built yet');
};
