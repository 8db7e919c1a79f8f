/**
 * Where a working directory is, as git sees it: repository, worktree, branch, project (spec 5). It reads a handful of
 * small files and never runs git, which may not be installed and takes longer than all the rest of a command
 * (gitrepository-layout(5)).
 *
 * A worktree has a `.git`: the repository's folder itself, or a file that names a folder. That folder may in turn name
 * the common one, which all worktrees of a repository share, and everything that must be the same for all of them is
 * worked out from that common folder alone.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
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
  const { folder, common, gitFolder } = found;
  const config = mainConfig(common);
  const url = config.get('remote.origin.url');
  const shared = {
    repo_url: url === undefined ? null : withoutPassword(url),
    main_repo_root: mainRoot(common, config),
  };
  const project = projectOf(url) ?? projectName(mainFolderName(common, config));
  const isMain = common === gitFolder;
  // A linked worktree is one also where the repository that it belongs to is bare.
  const isBare = isMain && (folder === undefined || isGitTrue(config.get('core.bare')));
  // Inside a bare repository there is a project, and no worktree.
  if (isBare || folder === undefined) return { location: { ...outside(cwd), ...shared }, project };
  const { branch, isDetached } = readHead(gitFolder);
  const attachedKind = isMain ? 'main' : 'secondary';
  const location: Location = {
    ...shared,
    repo_root: folder,
    main_repo_root: isMain ? folder : shared.main_repo_root,
    worktree: basename(folder),
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

interface GitFolder {
  /** What `.git` is or names: one for each worktree. */
  readonly gitFolder: string;
  /** The one that all worktrees of the repository share; the same where there is only one. */
  readonly common: string;
}

interface Repository extends GitFolder {
  /** The folder that has the `.git`; undefined inside a bare repository. */
  readonly folder: string | undefined;
}

function findRepository(start: string): Repository | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const named = namedGitFolder(join(folder, '.git'));
    if (named !== undefined) return { folder, ...named };
    // The inside of a worktree's `.git` belongs to that worktree; another folder of this look is a bare repository.
    const itself = basename(folder) === '.git' ? undefined : gitFolderAt(folder);
    if (itself !== undefined) return { folder: undefined, ...itself };
    if (folder === dirname(folder)) return undefined;
  }
}

/** What a `.git` is or names, if it is a repository. */
function namedGitFolder(path: string): GitFolder | undefined {
  const text = readText(path);
  const named = text === undefined ? undefined : /^gitdir: (.+?)\r?\n?$/s.exec(text)?.[1];
  return gitFolderAt(named === undefined ? path : resolve(dirname(path), named));
}

/** The test that git itself makes: a HEAD, and objects and refs, here or in the common folder. */
function gitFolderAt(path: string): GitFolder | undefined {
  if (!existsSync(join(path, 'HEAD'))) return undefined;
  const gitFolder = realPath(path);
  const named = readText(join(gitFolder, 'commondir'))?.replace(/\r?\n$/, '');
  const common = named === undefined ? gitFolder : realPath(resolve(gitFolder, named));
  return existsSync(join(common, 'objects')) && existsSync(join(common, 'refs'))
    ? { gitFolder, common }
    : undefined;
}

/** The settings of the main worktree: with `extensions.worktreeConfig` some of them are in a file of their own (git-worktree(1)). */
function mainConfig(common: string): GitConfig {
  const shared = readText(join(common, 'config')) ?? '';
  const config = parseGitConfig(shared);
  if (!isGitTrue(config.get('extensions.worktreeconfig'))) return config;
  return parseGitConfig(`${shared}\n${readText(join(common, 'config.worktree')) ?? ''}`);
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
function projectOf(url: string | undefined): string | null {
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
    // Asking first is cheaper than being refused: an error takes longer to make than a file to read.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    // The other one is written in JavaScript and asks for each part of the path.
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
