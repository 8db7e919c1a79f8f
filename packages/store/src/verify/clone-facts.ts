/** What a clone lacks or shows otherwise than it is: without knowing it, healthy clones would be reported as damaged. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../journal/git/git-folder.ts';
import { isOid, type Oid } from '../journal/git/object-id.ts';
import { isMissing } from '../journal/system-errors.ts';

export interface CloneFacts {
  /** The commits at which a shallow clone was cut off. */
  readonly cutOff: ReadonlySet<Oid>;
  /** Made with a filter: some objects are only where it was cloned from. */
  readonly isPartial: boolean;
  /** Commits for which git shows others, by `refs/replace` or grafts. */
  readonly replaced: ReadonlySet<Oid>;
}

const REPLACE = 'refs/replace/';

/** @param commonDir where the repository has its objects and refs. */
export function cloneFacts(commonDir: string): CloneFacts {
  return {
    cutOff: new Set(linesOf(join(commonDir, 'shallow'))),
    isPartial: namesIn(join(commonDir, 'objects', 'pack')).some((name) => name.endsWith('.promisor')),
    replaced: new Set([...replacedRefs(commonDir), ...grafts(commonDir)].filter(isOid)),
  };
}

function replacedRefs(commonDir: string): string[] {
  const packed = linesOf(join(commonDir, 'packed-refs')).filter((line) => line.slice(41).startsWith(REPLACE));
  return [...namesIn(join(commonDir, REPLACE)), ...packed.map((line) => line.slice(41 + REPLACE.length))];
}

function grafts(commonDir: string): string[] {
  return linesOf(join(commonDir, 'info', 'grafts')).map((line) => line.slice(0, 40));
}

function linesOf(path: string): string[] {
  return (readText(path) ?? '').split('\n').filter((line) => line !== '');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
