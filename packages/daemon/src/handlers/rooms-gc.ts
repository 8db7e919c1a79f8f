import { fail } from '@lalia/protocol';
import type { SignedHandler } from '../handler.ts';

export const roomsGc: SignedHandler<'rooms_gc'> = () => {
  throw fail('unavailable', 'not built yet');
};
