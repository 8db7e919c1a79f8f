/** A repository in a temporary folder, what git says about it, and Lalia's own git for it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Git } from '../../src/git/git.ts';
import type { WorktreePlan } from '../../src/git/preflight.ts';
import { openRepository, type Repository } from '../../src/git/worktrees.ts';

export const TASK = '01JD000000000000000000TASK';

export interface Request {
  readonly slug?: string;
  readonly branch?: string;
  readonly taskId?: string;
}

export class TestRepository implements AsyncDisposable {
  readonly folder: string;
  readonly main: string;
  git: Git;

  /** @param name of the folder of the main worktree. */
  constructor(name = 'shop ü') {
    this.folder = mkdtempSync(join(tmpdir(), 'repo-'));
    this.main = join(this.folder, name);
    mkdirSync(this.main);
    this.git = this.#newGit();
    this.run(this.main, 'init', '-q', '-b', 'main');
    this.commit(this.main, { 'README.md': 'shop\n', 'src/cart.ts': 'export {};\n' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.git.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A daemon's git after the one before it ended. */
  async restart(): Promise<void> {
    await this.git.close();
    this.git = this.#newGit();
  }

  /** Where a person's git looks for programs; a `lalia` of the machine is not among them. */
  readonly path = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !existsSync(join(folder, 'lalia')));

  /** Runs git as a person would. */
  readonly run = (cwd: string, ...args: string[]): string => {
    const all = ['-c', 'protocol.file.allow=always', ...args];
    const env = { ...process.env, PATH: this.path.join(':') };
    return execFileSync('git', all, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };

  readonly write = (cwd: string, files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
  };

  commit(cwd: string, files: Readonly<Record<string, string>>): string {
    this.write(cwd, files);
    this.run(cwd, 'add', '-A');
    this.run(cwd, 'commit', '-q', '-m', `Change ${Object.keys(files).join(', ')}`);
    return this.run(cwd, 'rev-parse', 'HEAD').trim();
  }

  async open(root = this.main): Promise<Repository> {
    return openRepository(this.git, root);
  }

  request({ slug = 'cart', branch = 'feat/cart', taskId = TASK }: Request = {}) {
    return { taskId, branch, path: join(this.folder, 'wt', slug) };
  }

  async plan(request: Request = {}, root = this.main): Promise<WorktreePlan> {
    return (await this.open(root)).preflight().plan(this.request(request));
  }

  /** Makes a worktree and gives its path. */
  async add(request: Request = {}, root = this.main): Promise<string> {
    const repository = await this.open(root);
    const plan = await repository.preflight().plan(this.request(request));
    await repository.add(plan);
    return plan.path;
  }

  /** All that git knows of branches and worktrees. */
  state(cwd = this.main): string {
    return (
      this.run(cwd, 'worktree', 'list', '--porcelain') + this.run(cwd, 'for-each-ref', '--format=%(refname)')
    );
  }

  #newGit(): Git {
    return new Git({ env: process.env, umask: 0o022, folder: this.folder });
  }
}
