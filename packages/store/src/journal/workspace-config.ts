/** The section `[lalia]` in the config of a workspace: whose it is, and which copy of the transcript. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './git/git-folder.ts';

export interface Section {
  readonly owner: string;
  readonly transcript: string;
}

/** The owner of a workspace that any database may use. */
export const ANY_OWNER = 'any';

/** Reads it. @returns undefined in a repository that is no workspace, such as a clone. */
export function sectionOf(gitDir: string): Section | undefined {
  const config = readText(join(gitDir, 'config')) ?? '';
  const match = /^\[lalia\]\s*\n\s*owner = (.*)\n\s*transcript = (.*)$/m.exec(config);
  const [, owner = '', transcript = ''] = match ?? [];
  return match === null ? undefined : { owner, transcript };
}

/** The text of one for a copy that is new. */
export function newSection(owner: string | undefined): string {
  return `[lalia]\n\towner = ${owner ?? ANY_OWNER}\n\ttranscript = ${randomUUID()}\n`;
}

/** The config of a new workspace. */
export function configText(owner: string | undefined): string {
  const core = ['repositoryformatversion = 0', 'filemode = true', 'bare = false'];
  if (process.platform === 'darwin') core.push('ignorecase = true', 'precomposeunicode = true');
  return `[core]\n${core.map((line) => `\t${line}\n`).join('')}${newSection(owner)}`;
}

/** Says in a workspace that is being rebuilt that its database is not there yet. */
const UNFINISHED = join('.git', 'lalia', 'unfinished');

/** Whether a rebuild has put this workspace in place, and not its database. */
export function isUnfinished(workspace: string): boolean {
  return existsSync(join(workspace, UNFINISHED));
}

export function markUnfinished(workspace: string): void {
  writeFileSync(join(workspace, UNFINISHED), '', { flush: true });
}

export function markFinished(workspace: string): void {
  rmSync(join(workspace, UNFINISHED));
}

/** The number of the copy of a transcript that a folder is. @returns undefined when it is none that a daemon wrote to. */
export function transcriptIdOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.transcript;
}

/** The id of the database that a folder is the transcript of. @returns undefined where nobody has claimed it. */
export function transcriptOwnerOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.owner;
}
