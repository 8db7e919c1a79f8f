/**
 * Where a working directory is, as git sees it: repository, worktree, branch, project (spec 5). It reads a handful of
 * small files and never runs git, which may not be installed and takes longer than all the rest of a command
 * (gitrepository-layout(5)).
 *
 * A worktree has a `.git`: the repository's folder itself, or a file that names a folder. That folder may in turn name
 * the common one, which all worktrees of a repository share, and everything that must be the same for all of them is
 * worked out from that common folder alone.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Location } from '@lalia/protocol';
import { type GitConfig, isGitTrue, parseGitConfig } from './git-config.ts';

export interface GitLocation {
  readonly location: Location;
  /** What all worktrees of the repository share as their project; null outside of any. */
  readonly project: string | null;
}

/**
 * Locates a working directory.
 * @param cwd an absolute path; it need not exist.
 */
export function locate(cwd: string): GitLocation {
  const directory = realPath(cwd);
  const found = findRepository(directory);
  if (found === undefined) return { location: outside(cwd), project: null };
  const { worktree, gitFolder } = found;
  const common = commonFolder(gitFolder);
  const config = parseGitConfig(readText(join(common, 'config')) ?? '');
  const url = config.get('remote.origin.url');
  const shared = {
    repo_url: url === undefined ? null : withoutPassword(url),
    main_repo_root: mainRoot(common, config),
  };
  const project = projectOf(url) ?? projectName(mainFolderName(common, config));
  // Inside a bare repository there is a project, and no worktree.
  if (worktree === undefined) return { location: { ...outside(cwd), ...shared }, project };
  const { branch, isDetached } = readHead(gitFolder);
  const isMain = common === gitFolder;
  const attachedKind = isMain ? 'main' : 'secondary';
  const location: Location = {
    ...shared,
    repo_root: worktree,
    main_repo_root: isMain ? worktree : shared.main_repo_root,
    worktree: basename(worktree),
    worktree_kind: isDetached ? 'detached' : attachedKind,
    branch,
    cwd,
  };
  return { location, project };
}

function outside(cwd: string): Location {
  return {
    repo_url: null,
    repo_root: null,
    main_repo_root: null,
    worktree: null,
    worktree_kind: 'outside',
    branch: null,
    cwd,
  };
}

interface Repository {
  /** The worktree's top folder; undefined inside a bare repository. */
  readonly worktree: string | undefined;
  /** What `.git` is or names: one for each worktree. */
  readonly gitFolder: string;
}

function findRepository(start: string): Repository | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const gitFolder = gitFolderOf(join(folder, '.git'));
    if (gitFolder !== undefined) return { worktree: isBare(gitFolder) ? undefined : folder, gitFolder };
    // The inside of a worktree's `.git` belongs to that worktree; another folder of this look is a bare repository.
    if (basename(folder) !== '.git' && isGitFolder(folder)) return { worktree: undefined, gitFolder: folder };
    if (folder === dirname(folder)) return undefined;
  }
}

/** What a `.git` is or names, if it is a repository. */
function gitFolderOf(path: string): string | undefined {
  const text = readText(path);
  const named = text === undefined ? undefined : /^gitdir: (.+?)\r?\n?$/s.exec(text)?.[1];
  const folder = realPath(named === undefined ? path : resolve(dirname(path), named));
  return isGitFolder(folder) ? folder : undefined;
}

/** The test that git itself makes: a HEAD, and objects and refs, here or in the common folder. */
function isGitFolder(folder: string): boolean {
  const common = commonFolder(folder);
  return (
    readText(join(folder, 'HEAD')) !== undefined &&
    isFolder(join(common, 'objects')) &&
    isFolder(join(common, 'refs'))
  );
}

function commonFolder(gitFolder: string): string {
  const named = readText(join(gitFolder, 'commondir'))?.replace(/\r?\n$/, '');
  return named === undefined ? gitFolder : realPath(resolve(gitFolder, named));
}

/** A linked worktree is a worktree also where the repository that it belongs to is bare. */
function isBare(gitFolder: string): boolean {
  if (commonFolder(gitFolder) !== gitFolder) return false;
  return isGitTrue(parseGitConfig(readText(join(gitFolder, 'config')) ?? '').get('core.bare'));
}

/** The main worktree, as far as the common folder tells; a bare repository stands for itself. */
function mainRoot(common: string, config: GitConfig): string {
  const named = config.get('core.worktree');
  if (named !== undefined) return realPath(resolve(common, named));
  return basename(common) === '.git' && !isGitTrue(config.get('core.bare')) ? dirname(common) : common;
}

/**
 * The folder that a project without a remote is named after: the main worktree's, or the bare repository's. One that is
 * hidden (`.git`, `.bare`) lies in the folder that people think of.
 */
function mainFolderName(common: string, config: GitConfig): string {
  const root = mainRoot(common, config);
  return basename(root).startsWith('.') ? basename(dirname(root)) : basename(root);
}

function readHead(gitFolder: string): { branch: string | null; isDetached: boolean } {
  const head = (readText(join(gitFolder, 'HEAD')) ?? '').trimEnd();
  if (!head.startsWith('ref: ')) return { branch: null, isDetached: true };
  const branch = /^ref: refs\/heads\/(.+)$/s.exec(head)?.[1];
  // With the reftable format HEAD is a stub; the branch is then in a binary file.
  return { branch: branch === undefined || branch === '.invalid' ? null : branch, isDetached: false };
}

/**
 * The project of a remote, or of a folder: its last segment, without `.git`. Understands URLs, `host:path` and file
 * paths. A project is part of an address, so what ends one there becomes `-`.
 */
export function projectOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  const path = url.replace(/[?#].*$/s, '').replace(/[/\\]+$/, '');
  const segment = path.split(/[/\\]/).at(-1) ?? '';
  // `host:repository` has no slash at all.
  const isScpLike = !/^[a-z][a-z0-9+.-]*:\/\//i.test(path) && segment === path;
  const last = isScpLike ? segment.slice(segment.indexOf(':') + 1) : segment;
  return projectName(last);
}

function projectName(segment: string): string | null {
  const name = segment.replace(/\.git$/, '').replace(/[:\p{Cc}]/gu, '-');
  return ['', '.', '..'].includes(name) ? null : name.slice(0, 255);
}

/** A token in a URL is a secret, and the URL ends up in a transcript that may be pushed. */
function withoutPassword(url: string): string {
  return url
    .replace(/^(https?:\/\/)[^/@]*@/i, '$1')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/@]*@/i, '$1@');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
