/** What the system says to a file that a person named, as errors that the person can do something about. */
import { fail, isLaliaError } from '@lalia/protocol';

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder',
  ENOTDIR: 'A part of the path is not a folder',
  EISDIR: 'It is a folder',
  EACCES: 'Permission was denied',
  EPERM: 'The operation is not permitted',
  EROFS: 'The file system is read-only',
  ENAMETOOLONG: 'The name is too long',
  ELOOP: 'Its links go round in a circle',
};

/**
 * An error to tell instead of one of the file system; anything else is passed on as it is.
 * @param file what the person named.
 */
export function fileErrorOf(error: unknown, file: string): unknown {
  if (isLaliaError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return fail('storage_full', `There is no room for ${file}.`, { cause: error, context: { file, code } });
  const sentence = SENTENCES[code];
  if (sentence === undefined) return error;
  return fail('invalid_params', `${sentence}: ${file}.`, { cause: error, context: { file, code } });
}
