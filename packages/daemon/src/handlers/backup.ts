import { backUp } from '../backup.ts';
import type { OpenHandler } from '../handler.ts';

export const backup: OpenHandler<'backup'> = (context, { params, signal }) =>
  backUp(context, { file: params.file, signal });
