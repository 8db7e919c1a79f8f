/** How long to wait before what failed is tried again: a full disk or a lock may be gone soon, or in an hour. */

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** @param failures how often it has failed before, in a row. */
export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
}
