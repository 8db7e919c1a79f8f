/** The section `[lalia]` in the config of a workspace: whose it is, and which copy of the transcript. */
import { randomUUID } from 'node:crypto';
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

/** The number of the copy of a transcript that a folder is. @returns undefined when it is none that a daemon wrote to. */
export function transcriptIdOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.transcript;
}

/** The id of the database that a folder is the transcript of. @returns undefined where nobody has claimed it. */
export function transcriptOwnerOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.owner;
}
