/** What the file system refuses in a person's repository, as an expected error: it is neither ours nor a bug. */
import { fail, isLaliaError } from '@lalia/protocol';

/** Does something with files. @throws LaliaError `storage_full`, `git_failed` for what the system refuses. */
export async function withFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isLaliaError(error) || code === undefined) throw error;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw fail('storage_full', 'There is no space left where the repository is.', { cause: error });
    }
    throw fail('git_failed', `The system does not allow it: ${message}.`, {
      cause: error,
      hint: 'Make it possible, then try again.',
    });
  }
}
