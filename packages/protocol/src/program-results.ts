/** What the daemon's program prints when it is run for one thing, as one line of JSON; clients read it. */

/** Of `lalia-daemon restore`. */
export interface Restored {
  readonly home: string;
  readonly workspace: string;
  /** When the backup was taken, in milliseconds since 1970. */
  readonly created_ts: number;
  readonly messages: number;
  readonly unread: number;
  readonly agents: number;
  readonly keys: number;
  /** False when the backup has no transcript: the next daemon writes it anew. */
  readonly has_transcript: boolean;
  /** Where the earlier home and workspace are now. */
  readonly moved_aside: readonly string[];
}

/** Of `lalia-daemon rebuild`. */
export interface Rebuilt {
  readonly agents: number;
  /** Of those, the ones that go on because their keys are there. */
  readonly agents_kept: number;
  readonly rooms: number;
  readonly conversations: number;
  readonly messages: number;
  /** Tasks that were published; they are in the transcript and not in the new home. */
  readonly tasks: number;
  readonly home: string;
  readonly workspace: string;
  /** Faults of the history that --force accepted. */
  readonly problems: number;
}
