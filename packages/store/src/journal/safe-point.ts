/**
 * Which commit of the transcript was the last that the journal made safe, in a file outside the repository: `git reset` and a
 * restored older copy take the end of a history away, and what is left is sound in itself.
 *
 * The file is not synced: after a power loss it may name an earlier commit, which is still in the history. Once the commit that
 * it names has left `main`, it stays as it is, so that what is written afterwards does not cover the loss.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { findGitFolder } from './git/git-folder.ts';
import { isOid, type Oid } from './git/object-id.ts';
import { isMissing } from './system-errors.ts';
import { sectionOf } from './workspace-config.ts';

/**
 * The commit that the journal made safe last in this workspace.
 * @param folder the workspace, or a worktree of it.
 * @param path the journal's file.
 * @returns undefined for another repository than the one that the file is about.
 */
export function safeCommitOf(folder: string, path: string): Oid | undefined {
  const repository = findGitFolder(folder);
  const safe = readSafePoint(path);
  if (repository === undefined || safe === undefined) return undefined;
  return sectionOf(repository.commonDir)?.transcript === safe.transcriptId ? safe.commit : undefined;
}

/** Which copy of a transcript, and how far it was written. */
interface SafePoint {
  /** The copy's number, as in its config. */
  readonly transcriptId: string;
  readonly commit: Oid;
}

/** Reads the file. @returns undefined when there is none, or none that can be read. */
function readSafePoint(path: string): SafePoint | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const [, commit = '', transcriptId = ''] = /^([0-9a-f]{40}) (.+)\n$/.exec(text) ?? [];
  return isOid(commit) ? { commit, transcriptId } : undefined;
}

interface SafePointOptions {
  readonly path: string;
  readonly transcriptId: string;
  /** The first parent of a commit. */
  readonly parentOf: (commit: Oid) => Oid | undefined;
}

/** Keeps the file while the journal writes. */
export class SafePointKeeper {
  readonly #options: SafePointOptions;
  #safe: Oid | undefined;
  /** The commit of which it is known that `#safe` is not behind it. */
  #beyond: Oid | undefined;

  constructor(options: SafePointOptions) {
    this.#options = options;
    const before = readSafePoint(options.path);
    this.#safe = before?.transcriptId === options.transcriptId ? before.commit : undefined;
  }

  /** Says that `main` is safe at this commit. @param parent where it was before, if it was known. */
  advance(commit: Oid, parent: Oid | undefined): void {
    if (commit === this.#safe) return;
    if (this.#beyond !== undefined && parent === this.#beyond) {
      this.#beyond = commit;
      return;
    }
    if (parent !== this.#safe && !this.#isBehind(commit)) {
      this.#beyond = commit;
      return;
    }
    this.#safe = commit;
    this.#beyond = undefined;
    const { path, transcriptId } = this.#options;
    writeFileSync(`${path}.new`, `${commit} ${transcriptId}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #isBehind(commit: Oid): boolean {
    if (this.#safe === undefined) return true;
    try {
      for (let at: Oid | undefined = commit; at !== undefined; at = this.#options.parentOf(at)) {
        if (at === this.#safe) return true;
      }
    } catch (error) {
      // A history that does not go back far enough: a shallow clone that became the workspace, a damaged object.
      if (!(error instanceof RangeError)) throw error;
    }
    return false;
  }
}
