/** A file that a person asked for, where none is yet. */
import { writeFileSync } from 'node:fs';
import { fail } from '@lalia/client';

/**
 * Writes a private file, mode 0600.
 * @throws LaliaError `path_in_use` when something is there, `storage_full`, `invalid_params` when it cannot be made.
 */
export function writeNewFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const context = { file, code };
    if (code === 'EEXIST')
      throw fail('path_in_use', `There is something at ${file} already.`, {
        hint: 'Choose another name.',
        context,
      });
    if (code === 'ENOSPC') throw fail('storage_full', `There is no room for ${file}.`, { context });
    throw fail('invalid_params', `${file} cannot be written (${code}).`, { context, cause: error });
  }
}
