/** The fixed words of commits: what the journal writes, and `verify` and a workspace's recognition look for. */

/** The author of what no agent did. */
export const LALIA = 'lalia';

const FIRST_WORDS = 'Begin the transcript';
const GROUP = /^(\d+) changes$/;

/** Subject of the first commit. It names the database, so that a clone, which has no config of ours, is still known. */
export function firstSubject(owner: string | undefined): string {
  return owner === undefined ? FIRST_WORDS : `${FIRST_WORDS} of ${owner}`;
}

/** Whether a commit's subject is that of a transcript's first one. */
export function isFirstSubject(subject: string): boolean {
  return subject === FIRST_WORDS || subject.startsWith(`${FIRST_WORDS} of `);
}

/** The database that a first commit names. */
export function ownerIn(subject: string): string | undefined {
  const start = `${FIRST_WORDS} of `;
  return subject.startsWith(start) ? subject.slice(start.length) : undefined;
}

/** Subject of a commit that has several entries; their own subjects are the lines of its body. */
export function groupSubject(count: number): string {
  return `${String(count)} changes`;
}

/** How many entries a commit of this subject says it has. @returns undefined for one that has a single one. */
export function groupSize(subject: string): number | undefined {
  const count = GROUP.exec(subject)?.[1];
  return count === undefined ? undefined : Number(count);
}
