import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locate } from '../src/git-location.ts';

/** Spaces and characters outside ASCII everywhere: real folders have them. */
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'wörk trees-')));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trimEnd();
}

/** A repository with one commit. */
function repository(path: string, ...options: string[]): string {
  git(root, 'init', '--quiet', '--initial-branch=main', ...options, path);
  git(path, 'commit', '--quiet', '--allow-empty', '--message=first');
  return path;
}

/** What git itself says, for comparison. */
function asGitSays(cwd: string) {
  const common = git(cwd, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  return {
    repo_root: git(cwd, 'rev-parse', '--show-toplevel'),
    branch: git(cwd, 'rev-parse', '--abbrev-ref', 'HEAD'),
    isMain: common === git(cwd, 'rev-parse', '--path-format=absolute', '--git-dir'),
  };
}

describe('worktrees', () => {
  it('the main worktree, from anywhere inside it', () => {
    const main = repository(join(root, 'my shop'));
    const inside = join(main, 'src', 'ünder');
    mkdirSync(inside, { recursive: true });
    const { location, project } = locate(inside);
    expect(location).toEqual({
      repo_url: null,
      repo_root: main,
      main_repo_root: main,
      worktree: 'my shop',
      worktree_kind: 'main',
      branch: 'main',
      cwd: inside,
    });
    expect(project).toBe('my shop');
    expect(asGitSays(inside)).toMatchObject({ repo_root: main, branch: 'main', isMain: true });
  });

  it('a secondary worktree knows its own branch and the main worktree', () => {
    const main = repository(join(root, 'shop'));
    const linked = join(root, 'wt', 'feat äuth');
    git(main, 'worktree', 'add', '--quiet', '-b', 'feat/auth', linked);
    const { location, project } = locate(linked);
    expect(location).toMatchObject({
      repo_root: linked,
      main_repo_root: main,
      worktree: 'feat äuth',
      worktree_kind: 'secondary',
      branch: 'feat/auth',
    });
    expect(project).toBe('shop');
    expect(asGitSays(linked)).toEqual({ repo_root: linked, branch: 'feat/auth', isMain: false });
  });

  it.each(['main', 'secondary'])('a detached HEAD in a %s worktree has no branch', (which) => {
    const main = repository(join(root, 'shop'));
    const linked = join(root, 'linked');
    git(main, 'worktree', 'add', '--quiet', '--detach', linked);
    git(main, 'checkout', '--quiet', '--detach');
    const { location, project } = locate(which === 'main' ? main : linked);
    expect(location).toMatchObject({ worktree_kind: 'detached', branch: null, main_repo_root: main });
    expect(project).toBe('shop');
  });

  it('a branch without a commit yet is a branch', () => {
    git(root, 'init', '--quiet', '--initial-branch=trunk', 'new');
    expect(locate(join(root, 'new')).location).toMatchObject({ worktree_kind: 'main', branch: 'trunk' });
  });

  it('outside of any repository there is only the directory', () => {
    expect(locate(root)).toEqual({
      project: null,
      location: {
        repo_url: null,
        repo_root: null,
        main_repo_root: null,
        worktree: null,
        worktree_kind: 'outside',
        branch: null,
        cwd: root,
      },
    });
  });

  it('a directory that does not exist is outside, or inside what is above it', () => {
    const main = repository(join(root, 'shop'));
    expect(locate(join(root, 'gone')).location.worktree_kind).toBe('outside');
    expect(locate(join(main, 'gone')).location.repo_root).toBe(main);
  });

  it('a worktree reached through a link is the worktree', () => {
    const main = repository(join(root, 'shop'));
    symlinkSync(main, join(root, 'link'));
    expect(locate(join(root, 'link')).location).toMatchObject({ repo_root: main, cwd: join(root, 'link') });
  });

  it('a `.git` that is no repository is passed over', () => {
    const main = repository(join(root, 'shop'));
    const inside = join(main, 'vendor');
    mkdirSync(join(inside, '.git'), { recursive: true });
    expect(locate(inside).location.repo_root).toBe(main);
    rmSync(join(inside, '.git'), { recursive: true });
    writeFileSync(join(inside, '.git'), 'gitdir: /nowhere\n');
    expect(locate(inside).location.repo_root).toBe(main);
  });

  it('inside of `.git` one is still at its worktree', () => {
    const main = repository(join(root, 'shop'));
    expect(locate(join(main, '.git', 'refs')).location.repo_root).toBe(main);
  });
});

describe('repositories of other shapes', () => {
  it('a bare repository with linked worktrees: all are secondary, and named after it', () => {
    const source = repository(join(root, 'source'));
    git(root, 'clone', '--quiet', '--bare', source, 'shop.git');
    const bare = join(root, 'shop.git');
    git(bare, 'remote', 'remove', 'origin');
    const linked = join(root, 'linked');
    git(bare, 'worktree', 'add', '--quiet', linked);
    expect(locate(linked)).toMatchObject({
      project: 'shop',
      location: { worktree_kind: 'secondary', repo_root: linked, main_repo_root: bare },
    });
    expect(locate(bare)).toMatchObject({
      project: 'shop',
      location: { worktree_kind: 'outside', repo_root: null, main_repo_root: bare },
    });
  });

  it('a bare repository hidden as .git is the same with settings for each worktree (git-worktree(1))', () => {
    const source = repository(join(root, 'source'));
    const folder = join(root, 'shop');
    mkdirSync(folder);
    git(folder, 'clone', '--quiet', '--bare', source, '.git');
    const linked = join(folder, 'linked');
    git(join(folder, '.git'), 'worktree', 'add', '--quiet', linked);
    const before = locate(linked);
    git(linked, 'config', 'extensions.worktreeConfig', 'true');
    git(linked, 'config', '--file', join(folder, '.git', 'config.worktree'), 'core.bare', 'true');
    git(linked, 'config', '--unset', 'core.bare');
    expect(locate(linked)).toEqual(before);
    expect(before.location.main_repo_root).toBe(join(folder, '.git'));
  });

  it.each(['.git', '.bare'])(
    'a bare repository hidden as %s is named after the folder it lies in',
    (hidden) => {
      const source = repository(join(root, 'source'));
      const folder = join(root, 'my shop');
      mkdirSync(folder);
      git(folder, 'clone', '--quiet', '--bare', source, hidden);
      git(join(folder, hidden), 'remote', 'remove', 'origin');
      if (hidden === '.bare') writeFileSync(join(folder, '.git'), 'gitdir: ./.bare\n');
      const linked = join(folder, 'main tree');
      git(folder, 'worktree', 'add', '--quiet', '-b', 'work', linked);
      expect(locate(linked)).toMatchObject({ project: 'my shop', location: { worktree_kind: 'secondary' } });
      expect(locate(folder)).toMatchObject({ project: 'my shop', location: { worktree_kind: 'outside' } });
    },
  );

  it('a submodule is a repository of its own, and so is a worktree of it', () => {
    const library = repository(join(root, 'library'));
    const shop = repository(join(root, 'shop'));
    git(shop, 'submodule', '--quiet', 'add', library, 'vendor/lib');
    const inside = join(shop, 'vendor', 'lib');
    git(inside, 'remote', 'remove', 'origin');
    const linked = join(root, 'lib work');
    git(inside, 'worktree', 'add', '--quiet', '-b', 'fix', linked);
    expect(locate(inside)).toMatchObject({
      project: 'lib',
      location: { worktree_kind: 'main', repo_root: inside, main_repo_root: inside },
    });
    expect(locate(linked)).toMatchObject({
      project: 'lib',
      location: { worktree_kind: 'secondary', repo_root: linked, main_repo_root: inside, branch: 'fix' },
    });
  });

  it('a repository whose `.git` lies elsewhere gives all its worktrees one project', () => {
    const main = repository(join(root, 'tree'), `--separate-git-dir=${join(root, 'shop.git')}`);
    const linked = join(root, 'linked');
    git(main, 'worktree', 'add', '--quiet', linked);
    expect(locate(main)).toMatchObject({
      project: 'shop',
      location: { worktree_kind: 'main', main_repo_root: main },
    });
    expect(locate(linked)).toMatchObject({ project: 'shop', location: { worktree_kind: 'secondary' } });
  });

  it('a worktree that was moved is where it is now', () => {
    const main = repository(join(root, 'shop'));
    const linked = join(root, 'before');
    git(main, 'worktree', 'add', '--quiet', linked);
    renameSync(linked, join(root, 'after'));
    expect(locate(join(root, 'after')).location).toMatchObject({ worktree: 'after', main_repo_root: main });
  });
});

describe('the project', () => {
  it.each([
    ['https://github.com/acme/shop.git', 'shop'],
    ['https://github.com/acme/shop', 'shop'],
    ['https://github.com/acme/shop/', 'shop'],
    ['https://host.example/shop.git?ref=1', 'shop'],
    ['ssh://git@host.example:2222/acme/shop.git/', 'shop'],
    ['git@github.com:acme/shop.git', 'shop'],
    ['host:shop.git', 'shop'],
    ['git@github.com:acme/my shöp', 'my shöp'],
    ['/srv/git/shop.git', 'shop'],
    ['../shop', 'shop'],
    ['file:///srv/git/my%20shop.git', 'my%20shop'],
    ['https://host.example/acme/a:b', 'a-b'],
  ])('of the remote %s is %s, in every worktree', (url, project) => {
    const main = repository(join(root, 'folder'));
    git(main, 'remote', 'add', 'origin', url);
    const linked = join(root, 'linked');
    git(main, 'worktree', 'add', '--quiet', linked);
    expect([locate(main).project, locate(linked).project]).toEqual([project, project]);
    expect(locate(linked).location.repo_url).toBe(url);
  });

  it('takes the remote that is called origin, and no other', () => {
    const main = repository(join(root, 'folder'));
    git(main, 'remote', 'add', 'upstream', 'https://host.example/other.git');
    expect(locate(main)).toMatchObject({ project: 'folder', location: { repo_url: null } });
    git(main, 'remote', 'add', 'origin', 'https://host.example/shop.git');
    expect(locate(main).project).toBe('shop');
  });

  it.each([
    ['https://user:s3cret@host.example/shop.git', 'https://host.example/shop.git'],
    ['https://s3cret@host.example/shop.git', 'https://host.example/shop.git'],
    ['ssh://git:s3cret@host.example/shop.git', 'ssh://git@host.example/shop.git'],
    ['ssh://git@host.example/shop.git', 'ssh://git@host.example/shop.git'],
  ])('a secret in the URL %s does not leave the repository', (url, shown) => {
    const main = repository(join(root, 'folder'));
    git(main, 'remote', 'add', 'origin', url);
    expect(locate(main).location.repo_url).toBe(shown);
  });
});
