/** What keeps the journal from going on. Each is shown in the status and tried again; none loses anything. */

/** A git command of the person holds a lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';

  constructor(path: string) {
    super(`a git command holds ${path}.lock; if none is running, delete that file`);
  }
}

/** A path that is used once holds something else already: a bug, or somebody else wrote into the transcript. */
export class PathConflictError extends Error {
  override readonly name = 'PathConflictError';

  /** The last entry of the group that was written before this one; undefined if none was. */
  readonly writtenThrough: number | undefined;

  constructor(path: string, writtenThrough?: number) {
    super(`${path} is in the transcript already, with other content; it was left as it is`);
    this.writtenThrough = writtenThrough;
  }
}

/** The workspace is not what it was: deleted, or a folder in it replaced by something else. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}
