/** Identifiers and names: what they look like, and how text from outside becomes one. */
import { randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** A ULID (github.com/ulid/spec): 26 characters of Crockford's base 32, upper case, sortable by time. */
export type Ulid = string;

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The name of the person; no agent can have it. */
export const HUMAN = 'human';

/** The name of the daemon where it speaks itself; no agent can have it. */
export const DAEMON = 'lalia';

/** Whether a text is a ULID in its canonical (upper case) form. */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

/**
 * Whether a text can name an agent or a room: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}` without `--`, which separates the two
 * names of a channel in the transcript, and no ULID, which is an address of its own.
 */
export function isName(text: string): boolean {
  return NAME.test(text) && !text.includes('--') && !ULID.test(text);
}

/**
 * Makes ULIDs that rise also within one millisecond.
 * @param nowMs the clock they are stamped with.
 */
export function ulidSource(nowMs: () => number): () => Ulid {
  const next = monotonicFactory(random);
  return () => next(nowMs());
}

/** In place of the library's own source, which loads the web's crypto and with it some milliseconds of every command. */
function random(): number {
  return randomBytes(1).readUInt8() / 256;
}
