/** One change of the transcript, as the outbox holds it. */

export interface JournalEntry {
  /** Place in the outbox; rises. */
  readonly ord: number;
  /** Below the workspace, with `/`; its folders and its name are plain ASCII without `.` and `..`. */
  readonly path: string;
  /** The whole new content of the file. */
  readonly content: string;
  /** `create`: a message, whose path is never used again. `replace`: a document that has one current version. */
  readonly mode: 'create' | 'replace';
  /** The subject of the commit: who, where, number, first words, on one line. */
  readonly subject: string;
  readonly author: { readonly name: string; readonly id: string };
  /** When it happened, in milliseconds since 1970. */
  readonly tsMs: number;
}

/** Limits of one group of entries. */
export interface BatchLimits {
  readonly maxEntries: number;
  /** Of `content`, in UTF-8 bytes; a single entry may be longer. */
  readonly maxBytes: number;
}
