/** What the main thread and the journal's worker say to each other. */
import type { JournalEntry } from './entry.ts';

/** Handed to the worker when it starts. */
export interface WorkerData {
  readonly workspace: string;
  readonly owner: string | undefined;
  readonly safePoint: string | undefined;
  readonly failpoints: string;
}

/** One request is open at a time. */
export type WorkerRequest =
  | { readonly kind: 'open'; readonly nowMs: number }
  | { readonly kind: 'write'; readonly entries: readonly JournalEntry[]; readonly nowMs: number }
  /** Until `release` nothing in the repository is touched, not even to pack it. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  | { readonly kind: 'close' };

export type WorkerAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'opened'; readonly transcriptId: string }
  /** The workspace is somebody else's; trying again does not help. */
  | { readonly kind: 'refused'; readonly message: string; readonly workspace: string }
  /** `message` is a sentence for a person; the same request again may go well. Entries up to `writtenThrough` are safe. */
  | { readonly kind: 'failed'; readonly message: string; readonly writtenThrough?: number | undefined };
