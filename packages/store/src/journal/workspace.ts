/**
 * The workspace folder: made, recognised as Lalia's own, or refused.
 *
 * Ownership stands in the repository's config as `[lalia] owner = <id of the database>`. A new repository is built beside
 * its place and renamed, so a `.git` here is always whole.
 */
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
import { join } from 'node:path';
import { fail } from '@lalia/protocol';
import { readHead, readText } from './git/git-folder.ts';
import type { Oid } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { initRepository } from './repository.ts';

/** Subject of the first commit; it also marks a clone of a transcript. */
export const FIRST_SUBJECT = 'Begin the transcript';
/** The author of what no agent did. */
export const LALIA = 'lalia';

const DRAFT = '.git.lalia-tmp';
/** What a file manager leaves in every folder that was looked at. */
const HARMLESS = new Set(['.DS_Store', DRAFT]);

/**
 * Makes sure that the workspace is a repository of this database's.
 * @param owner the database's id; undefined takes any workspace of Lalia's.
 * @throws LaliaError `foreign_workspace` when it belongs to somebody else; the system's error when it cannot be made.
 */
export async function claimWorkspace(workspace: string, owner: string | undefined): Promise<void> {
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  const gitDir = join(workspace, '.git');
  if (!existsSync(gitDir)) {
    refuseFiles(workspace);
    await create(workspace, owner);
    return;
  }
  if (!lstatSync(gitDir).isDirectory()) throw foreign(workspace, 'its .git is not a folder');
  const config = readText(join(gitDir, 'config')) ?? '';
  const section = /^\[lalia\]\s*\n\s*owner = (.*)$/m.exec(config);
  if (section === null) adopt(workspace, owner);
  else if (owner !== undefined && section[1] !== ANY_OWNER && section[1] !== owner) {
    throw foreign(workspace, 'it is the transcript of another Lalia home');
  }
  // Private places of the journal; a backup may have left out the empty one.
  mkdirSync(join(gitDir, 'lalia', 'tmp'), { recursive: true });
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
  return `[lalia]\n\towner = ${owner ?? ANY_OWNER}\n`;
}

/** A clone of a transcript has no owner; it may become the workspace. Any other repository is somebody's. */
function adopt(workspace: string, owner: string | undefined): void {
  const gitDir = join(workspace, '.git');
  if (!beginsAsTranscript(gitDir))
    throw foreign(workspace, 'it is a git repository with a history of its own');
  appendFileSync(join(gitDir, 'config'), ownerSection(owner), { flush: true });
}

function beginsAsTranscript(gitDir: string): boolean {
  using objects = new ObjectStore(join(gitDir, 'objects'));
  try {
    let commit: Oid | undefined = readHead({ gitDir, commonDir: gitDir }).commit;
    let text = '';
    while (commit !== undefined) {
      text = objects.readAs(commit, 'commit').toString();
      commit = /^parent ([0-9a-f]{40})$/m.exec(text)?.[1];
    }
    return text.includes(`<${LALIA}@lalia.local>`) && text.trimEnd().endsWith(`\n\n${FIRST_SUBJECT}`);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function foreign(workspace: string, why: string): Error {
  return fail('foreign_workspace', `${workspace} cannot hold the transcript: ${why}.`, {
    context: { workspace },
  });
}
