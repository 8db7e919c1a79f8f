/** A repository with a supervisor in it, for tests of what publishing leaves behind. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Agent, type Client, captureSession, type Result, type TaskPlan } from '@lalia/client';
import { git, type Lalia } from '@lalia/testkit';

type Workstream = TaskPlan['workstreams'][number];
export type Outcome = Result<'task_publish'>['outcomes'][number];

/** What there is of a slug, as the daemon, git and the file system have it. */
export interface Traces {
  readonly isListed: boolean;
  readonly isRoomOpen: boolean;
  readonly hasFolder: boolean;
  readonly hasBranch: boolean;
  /** Whether git knows a worktree there. */
  readonly isKnownToGit: boolean;
}

export const EVERYTHING: Traces = {
  isListed: true,
  isRoomOpen: true,
  hasFolder: true,
  hasBranch: true,
  isKnownToGit: true,
};

export const NOTHING: Traces = {
  isListed: false,
  isRoomOpen: false,
  hasFolder: false,
  hasBranch: false,
  isKnownToGit: false,
};

/** A workstream on a branch of its own. */
export function stream(slug: string, more: Partial<Workstream> = {}): Workstream {
  return { slug, branch: `feat/${slug}`, brief: `Do ${slug}.`, ...more };
}

export class Workshop {
  readonly lalia: Lalia;
  readonly repository: string;
  readonly project: string;
  readonly client: Client;
  readonly supervisor: Agent;

  private constructor(
    lalia: Lalia,
    place: Pick<Workshop, 'repository' | 'project' | 'client' | 'supervisor'>,
  ) {
    this.lalia = lalia;
    this.repository = place.repository;
    this.project = place.project;
    this.client = place.client;
    this.supervisor = place.supervisor;
  }

  /** Makes a repository, in a folder of its own because worktrees go beside it, and registers a supervisor in it. */
  static async open(lalia: Lalia, name: string): Promise<Workshop> {
    const repository = await lalia.repository(join(`in ${name}`, name));
    const client = await lalia.connect();
    const supervisor = await register(lalia, { client, name: 'sue', cwd: repository, role: 'supervisor' });
    return new Workshop(lalia, { repository, project: name, client, supervisor });
  }

  /** Registers somebody in the repository, or elsewhere. */
  agent(
    name: string,
    role: 'worker' | 'supervisor' | 'peer' = 'worker',
    cwd = this.repository,
  ): Promise<Agent> {
    return register(this.lalia, { client: this.client, name, cwd, role });
  }

  /** Makes an agent one that is away: the process that its session ends with is not there. */
  async sessionEnds({ info: { name, role } }: Agent): Promise<void> {
    const session = captureSession({ cwd: this.repository, env: this.lalia.env });
    const anchor = { pid: 2 ** 22, started: 'never', kind: 'terminal' } as const;
    await this.client.register({ name, role, session: { ...session, anchor } });
  }

  publish(...workstreams: Workstream[]): Promise<Outcome[]> {
    return this.publishAs(this.supervisor, { workstreams });
  }

  async publishAs(agent: Agent, plan: TaskPlan): Promise<Outcome[]> {
    const { outcomes } = await agent.tasks.publish(plan, { cwd: this.repository });
    return outcomes;
  }

  /** Where the worktree of a slug is, or would be. */
  worktree(slug: string): string {
    return join(dirname(this.repository), 'wt', slug);
  }

  async listed(): Promise<Result<'task_list'>['tasks']> {
    return (await this.client.tasks.list(this.project)).tasks;
  }

  async traces({ slug, branch }: Pick<Workstream, 'slug' | 'branch'>): Promise<Traces> {
    const tasks = await this.listed();
    const { rooms } = await this.supervisor.rooms();
    const worktrees = await git(this.repository, 'worktree', 'list', '--porcelain');
    const branches = await git(this.repository, 'branch', '--format=%(refname:short)');
    return {
      isListed: tasks.some((task) => task.slug === slug),
      isRoomOpen: rooms.some((room) => room.name === slug && room.project === this.project && !room.archived),
      hasFolder: existsSync(this.worktree(slug)),
      hasBranch: branches.split('\n').includes(branch),
      isKnownToGit: worktrees.split('\n').includes(`worktree ${this.worktree(slug)}`),
    };
  }
}

interface Registration {
  readonly client: Client;
  readonly name: string;
  readonly cwd: string;
  readonly role: 'worker' | 'supervisor' | 'peer';
}

async function register(lalia: Lalia, { client, name, cwd, role }: Registration): Promise<Agent> {
  const session = captureSession({ cwd, env: lalia.env });
  const { agent } = await client.register({ name, role, session });
  return agent;
}
