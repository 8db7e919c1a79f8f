/** Where the HEAD of a transcript leads: the first thing that a damaged repository cannot tell. */
import { join } from 'node:path';
import { readHead } from './git/git-folder.ts';
import type { Oid } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';

/** Whether a transcript's HEAD leads to a commit that can be read. */
export type TranscriptHead =
  | { readonly kind: 'commit'; readonly commit: Oid }
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly sentence: string };

/** Where the HEAD of a transcript leads. */
export function transcriptHeadOf(workspace: string): TranscriptHead {
  const gitDir = join(workspace, '.git');
  using objects = new ObjectStore(join(gitDir, 'objects'));
  try {
    const { commit } = readHead({ gitDir, commonDir: gitDir });
    if (commit === undefined) return { kind: 'none' };
    objects.readAs(commit, 'commit');
    return { kind: 'commit', commit };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'damaged', sentence: error.message };
    throw error;
  }
}
