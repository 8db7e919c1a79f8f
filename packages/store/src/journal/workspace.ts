/**
 * The workspace folder: made, recognised as Lalia's own, or refused.
 *
 * The repository's config has a section `[lalia]`: `owner` is the id of the database, `transcript` a number of this copy's own, by
 * which the database knows whether it is the copy that it has been writing to. A new repository is built beside its place
 * and renamed, so a `.git` here is always whole.
 */
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '@lalia/protocol';
import { readHead, readText } from './git/git-folder.ts';
import type { Oid } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { initRepository } from './repository.ts';

/** Subject of the first commit. It names the database, so that a clone, which has no config of ours, is still known. */
export function firstSubject(owner: string | undefined): string {
  return owner === undefined ? FIRST_WORDS : `${FIRST_WORDS} of ${owner}`;
}

const FIRST_WORDS = 'Begin the transcript';
/** The author of what no agent did. */
export const LALIA = 'lalia';

const DRAFT = '.git.lalia-tmp';
/** What a file manager leaves in every folder that was looked at. */
const HARMLESS = new Set(['.DS_Store', DRAFT]);

/**
 * Makes sure that the workspace is a repository of this database's.
 * @param owner the database's id; undefined takes any workspace of Lalia's.
 * @returns the number of this copy; another one for a workspace that was made or adopted now.
 * @throws LaliaError `foreign_workspace` when it belongs to somebody else; the system's error when it cannot be made.
 */
export async function claimWorkspace(workspace: string, owner: string | undefined): Promise<string> {
  makeFolder(workspace);
  const gitDir = join(workspace, '.git');
  if (!existsSync(gitDir)) {
    refuseFiles(workspace);
    await create(workspace, owner);
    return sectionOf(gitDir)?.transcript ?? '';
  }
  if (!lstatSync(gitDir).isDirectory()) throw foreign(workspace, 'its .git is not a folder');
  const section = sectionOf(gitDir);
  if (section === undefined) adopt(workspace, owner);
  else if (owner !== undefined && section.owner !== ANY_OWNER && section.owner !== owner) {
    throw foreign(workspace, 'it is the transcript of another Lalia home');
  }
  // Private places of the journal; a backup may have left out the empty one.
  mkdirSync(join(gitDir, 'lalia', 'tmp'), { recursive: true });
  return sectionOf(gitDir)?.transcript ?? '';
}

/** Not with `recursive`: under /proc, where nobody can make a folder, Node never comes back from it. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** The number of the copy of a transcript that a folder is. @returns undefined when it is none that a daemon wrote to. */
export function transcriptIdOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.transcript;
}

/** The id of the database that a folder is the transcript of. @returns undefined where nobody has claimed it. */
export function transcriptOwnerOf(workspace: string): string | undefined {
  return sectionOf(join(workspace, '.git'))?.owner;
}

/** Whether a transcript's HEAD leads to a commit that can be read. */
export type TranscriptHead =
  | { readonly kind: 'commit'; readonly commit: Oid }
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly sentence: string };

/** Where the HEAD of a transcript leads. */
export function transcriptHeadOf(workspace: string): TranscriptHead {
  const gitDir = join(workspace, '.git');
  using objects = new ObjectStore(join(gitDir, 'objects'));
  try {
    const { commit } = readHead({ gitDir, commonDir: gitDir });
    if (commit === undefined) return { kind: 'none' };
    objects.readAs(commit, 'commit');
    return { kind: 'commit', commit };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'damaged', sentence: error.message };
    throw error;
  }
}

interface Section {
  readonly owner: string;
  readonly transcript: string;
}

function sectionOf(gitDir: string): Section | undefined {
  const config = readText(join(gitDir, 'config')) ?? '';
  const match = /^\[lalia\]\s*\n\s*owner = (.*)\n\s*transcript = (.*)$/m.exec(config);
  const [, owner = '', transcript = ''] = match ?? [];
  return match === null ? undefined : { owner, transcript };
}

const ANY_OWNER = 'any';

function refuseFiles(workspace: string): void {
  const found = readdirSync(workspace).find((name) => !HARMLESS.has(name));
  if (found !== undefined) throw foreign(workspace, `it holds other files (${found})`);
}

async function create(workspace: string, owner: string | undefined): Promise<void> {
  const draft = join(workspace, DRAFT);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  await initRepository(draft);
  mkdirSync(join(draft, 'lalia', 'tmp'), { recursive: true });
  writeFileSync(join(draft, 'config'), configText(owner), { flush: true });
  renameSync(draft, join(workspace, '.git'));
}

function configText(owner: string | undefined): string {
  const core = ['repositoryformatversion = 0', 'filemode = true', 'bare = false'];
  if (process.platform === 'darwin') core.push('ignorecase = true', 'precomposeunicode = true');
  return `[core]\n${core.map((line) => `\t${line}\n`).join('')}${ownerSection(owner)}`;
}

function ownerSection(owner: string | undefined): string {
  return `[lalia]\n\towner = ${owner ?? ANY_OWNER}\n\ttranscript = ${randomUUID()}\n`;
}

/**
 * A clone of a transcript has no owner in its config. It may become the workspace of the database that it began with: another
 * one would number its conversations from 1 again, into paths that are taken. Any other repository is somebody's.
 */
function adopt(workspace: string, owner: string | undefined): void {
  const gitDir = join(workspace, '.git');
  const subject = beginningOf(gitDir);
  if (subject === undefined) throw foreign(workspace, 'it is a git repository with a history of its own');
  if (subject !== firstSubject(owner)) {
    throw foreign(workspace, 'it is a clone of the transcript of another Lalia home');
  }
  appendFileSync(join(gitDir, 'config'), ownerSection(owner), { flush: true });
}

/** The subject of a transcript's first commit; undefined for a repository that did not begin as one. */
function beginningOf(gitDir: string): string | undefined {
  using objects = new ObjectStore(join(gitDir, 'objects'));
  try {
    let commit: Oid | undefined = readHead({ gitDir, commonDir: gitDir }).commit;
    let text = '';
    while (commit !== undefined) {
      text = objects.readAs(commit, 'commit').toString();
      commit = /^parent ([0-9a-f]{40})$/m.exec(text)?.[1];
    }
    const [, subject = ''] = text.trimEnd().split('\n\n', 2);
    return text.includes(`<${LALIA}@lalia.local>`) && subject.startsWith(FIRST_WORDS) ? subject : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function foreign(workspace: string, why: string): Error {
  return fail('foreign_workspace', `${workspace} cannot hold the transcript: ${why}.`, {
    context: { workspace },
  });
}
