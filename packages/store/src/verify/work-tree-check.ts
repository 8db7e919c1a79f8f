/** The files as a person sees them against what is committed: every edit, deletion and stray file is named. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedFile } from '../journal/git/list-files.ts';
import { oidOf } from '../journal/git/object-id.ts';
import type { Problem } from './report.ts';

export type Discrepancy = Pick<Problem, 'kind' | 'path' | 'sentence'>;

/** What a file manager leaves behind; git commands of most people do not show it either. */
const HARMLESS = new Set(['.DS_Store']);

/** Reads a file of the work tree. @returns its bytes if they are what is committed, else what is wrong with it. */
export function readCommitted(
  root: string,
  { path, oid }: Pick<ListedFile, 'path' | 'oid'>,
): Buffer | Discrepancy {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined)
    return { kind: 'uncommitted_deletion', path, sentence: 'was deleted, and that is not committed' };
  if (!stat.isFile())
    return { kind: 'uncommitted_edit', path, sentence: 'was replaced by something that is not a file' };
  const content = readFileSync(full);
  if (oidOf('blob', content) === oid) return content;
  return { kind: 'uncommitted_edit', path, sentence: 'was edited, and that is not committed' };
}

/** Every file of the work tree that is not among the committed ones. */
export function* strayFiles(
  root: string,
  committed: { has(path: string): boolean },
  folder = '',
): Generator<Discrepancy> {
  for (const item of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (path === '.git' || HARMLESS.has(item.name)) continue;
    if (item.isDirectory()) yield* strayFiles(root, committed, path);
    else if (!committed.has(path)) yield { kind: 'stray_file', path, sentence: 'is not committed' };
  }
}
