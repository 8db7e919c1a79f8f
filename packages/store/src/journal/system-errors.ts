/** What the operating system's errors mean to the journal. */

/** Whether an error is the system's and has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}

/** Whether an error says that something is not there. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such place',
  ENOTDIR: 'a file stands where a folder is needed',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission was denied',
  EPERM: 'the operation is not permitted',
  EIO: 'the disk reported an error',
  EMFILE: 'too many files are open',
};

/** One sentence for a person, out of anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = SENTENCES[code];
  const path = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : '';
  return known === undefined ? error.message : `${known}${path}`;
}
