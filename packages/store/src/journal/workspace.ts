/**
 * The workspace folder: made, recognised as Lalia's own, or refused.
 *
 * The repository's config has a section `[lalia]`: `owner` is the id of the database, `transcript` a number of this copy's own, by
 * which the database knows whether it is the copy that it has been writing to. A new repository is built beside its place
 * and renamed, so a `.git` here is always whole.
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
import { dirname, join } from 'node:path';
import { fail } from '@lalia/protocol';
import { readHead } from './git/git-folder.ts';
import type { Oid } from './git/object-id.ts';
import { ObjectStore } from './git/object-store.ts';
import { initRepository } from './repository.ts';
import { firstSubject, isFirstSubject, LALIA } from './subjects.ts';
import { ANY_OWNER, configText, isUnfinished, newSection, sectionOf } from './workspace-config.ts';

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
    if (isUnfinished(workspace))
      throw foreign(workspace, 'a rebuild of it was interrupted: run `lalia rebuild` again');
    throw foreign(workspace, 'it is the transcript of another Lalia home');
  }
  // Folders that may be empty, and that a backup may have left out.
  for (const folder of ['lalia/tmp', 'objects/pack', 'refs/heads']) {
    mkdirSync(join(gitDir, folder), { recursive: true });
  }
  return sectionOf(gitDir)?.transcript ?? '';
}

/** Not with `recursive`: under /proc, where nobody can make a folder, Node never comes back from it. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

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
  appendFileSync(join(gitDir, 'config'), newSection(owner), { flush: true });
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
    return text.includes(`<${LALIA}@lalia.local>`) && isFirstSubject(subject) ? subject : undefined;
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
