/** Which commit a transcript ends with. */
import { type GitFolder, MAIN, readHead, readRef } from '../journal/git/git-folder.ts';
import type { Oid } from '../journal/git/object-id.ts';

/** @returns undefined before the first commit, and where HEAD is damaged. */
export function headOf(repository: GitFolder): Oid | undefined {
  try {
    // A bare repository that was pushed to may have a HEAD that names a branch which it does not have.
    return readHead(repository).commit ?? readRef(repository.commonDir, MAIN);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
