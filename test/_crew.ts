/** People with tasks, who work through commands: each test has a repository, and with it a project, of its own. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captureSession, type TaskPlan } from '@lalia/client';
import type { Lalia, Person, Refusal } from '@lalia/testkit';

type Workstream = TaskPlan['workstreams'][number];
type Role = 'worker' | 'supervisor' | 'peer';

export class Crew {
  readonly lalia: Lalia;
  readonly repository: string;
  readonly project: string;
  readonly supervisor: Person;

  private constructor(
    lalia: Lalia,
    place: { readonly repository: string; readonly project: string; readonly supervisor: Person },
  ) {
    this.lalia = lalia;
    this.repository = place.repository;
    this.project = place.project;
    this.supervisor = place.supervisor;
  }

  /** A repository with one commit, and a supervisor in it who has published these workstreams. */
  static async of(lalia: Lalia, project: string, ...workstreams: readonly Workstream[]): Promise<Crew> {
    const repository = await lalia.repository(join(`in ${project}`, project));
    const supervisor = await lalia.person('sue', { cwd: repository, role: 'supervisor' });
    const crew = new Crew(lalia, { repository, project, supervisor });
    if (workstreams.length > 0)
      await supervisor.json(['task', 'publish', '--file', crew.plan({ workstreams })]);
    return crew;
  }

  /** Somebody else in the repository, or in another place. */
  joins(name: string, role: Role = 'worker', cwd = this.repository): Promise<Person> {
    return this.lalia.person(name, { cwd, role });
  }

  /** Writes a plan into a file. @returns its path. */
  plan(plan: unknown, name = 'plan.json'): string {
    const file = join(dirname(this.repository), name);
    writeFileSync(file, typeof plan === 'string' || plan instanceof Uint8Array ? plan : JSON.stringify(plan));
    return file;
  }

  /** Publishing a plan that is refused as a whole. */
  refusesPlan(plan: unknown, name?: string): Promise<Refusal> {
    return this.supervisor.refusal(['task', 'publish', '--file', this.plan(plan, name)]);
  }

  /** Where the worktree of a task is. */
  worktree(slug: string): string {
    return join(dirname(this.repository), 'wt', slug);
  }

  /** Lets somebody's session end: the process that it depends on is not there. */
  async sessionEnds({ name, info: { role } }: Person): Promise<void> {
    const client = await this.lalia.connect();
    const session = captureSession({ cwd: this.repository, env: this.lalia.env });
    const anchor = { pid: 2 ** 22, started: 'never', kind: 'terminal' } as const;
    await client.register({ name, role, session: { ...session, anchor } });
  }
}
