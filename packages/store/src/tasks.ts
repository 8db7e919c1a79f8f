/**
 * Tasks, and the list that each project has of them (spec 8).
 *
 * What needs git happens in two transactions with git's work between them: the first says what is underway, the second that
 * it is done. So a crash between them leaves a row from which the next daemon finishes.
 */
import type { TaskStatus, Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

export interface TaskListRecord {
  readonly project: string;
  readonly supervisor: Ulid | null;
  readonly mainRepoRoot: string;
  readonly revision: number;
  readonly guardCommand: readonly string[] | null;
}

/** What git has still to do, and all that is needed to finish it or to take it back. */
export interface Undertaking {
  readonly kind: 'publish' | 'unpublish';
  /** Its meaning is the daemon's; kept as JSON. */
  readonly details: unknown;
}

export interface TaskRecord {
  readonly taskId: Ulid;
  readonly project: string;
  readonly slug: string;
  readonly branch: string;
  readonly brief: string;
  readonly ownedPaths: readonly string[];
  readonly contracts: readonly { readonly other_slug: string; readonly note: string }[];
  readonly dependsOn: readonly string[];
  readonly status: TaskStatus;
  readonly owner: Ulid | null;
  /** The claim that made its owner the owner, where that named itself. */
  readonly claimId: Ulid | null;
  /** An absolute path. */
  readonly worktree: string;
  readonly roomId: Ulid;
  readonly publishedMs: number;
  readonly changedMs: number;
  readonly undertaking: Undertaking | null;
}

interface TaskRow {
  readonly task_id: string;
  readonly project: string;
  readonly slug: string;
  readonly branch: string;
  readonly brief: string;
  readonly owned_paths: string;
  readonly contracts: string;
  readonly depends_on: string;
  readonly status: TaskStatus;
  readonly owner: string | null;
  readonly claim_id: string | null;
  readonly worktree: string;
  readonly room_id: string;
  readonly published_ms: number;
  readonly changed_ms: number;
  readonly underway: Undertaking['kind'] | null;
  readonly undertaking: string | null;
}

interface TaskListRow {
  readonly project: string;
  readonly supervisor: string | null;
  readonly main_repo_root: string;
  readonly revision: number;
  readonly guard_command: string | null;
}

const COLUMNS = `task_id, project, slug, branch, brief, owned_paths, contracts, depends_on, status, owner, claim_id, worktree, room_id,
  published_ms, changed_ms, underway, undertaking`;
/** What is being published is not there yet for anybody. */
const PUBLISHED = "(underway IS NULL OR underway <> 'publish')";

type Select<P extends unknown[]> = Statement<P, TaskRow>;

export class Tasks {
  readonly #insert: Statement<[TaskRow]>;
  readonly #update: Statement<[TaskRow]>;
  readonly #remove: Statement<[string]>;
  readonly #get: Select<[string]>;
  readonly #list: Select<[string]>;
  readonly #bySlug: Select<[string, string]>;
  readonly #byBranch: Select<[string, string]>;
  readonly #ownedBy: Select<[string]>;
  readonly #underway: Select<[]>;
  readonly #putList: Statement<[TaskListRow]>;
  readonly #getList: Statement<[string], TaskListRow>;
  readonly #lists: Statement<[], TaskListRow>;
  readonly #revise: Statement<[string]>;

  constructor(db: Database) {
    const names = COLUMNS.split(',').map((column) => column.trim());
    const select = <P extends unknown[]>(where: string): Select<P> =>
      db.prepare<P, TaskRow>(`SELECT ${COLUMNS} FROM tasks WHERE ${where}`);
    this.#insert = db.prepare(
      `INSERT INTO tasks (${COLUMNS}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
    );
    this.#update = db.prepare(
      `UPDATE tasks SET depends_on = @depends_on, status = @status, owner = @owner, claim_id = @claim_id, published_ms = @published_ms,
         changed_ms = @changed_ms, underway = @underway, undertaking = @undertaking WHERE task_id = @task_id`,
    );
    this.#remove = db.prepare('DELETE FROM tasks WHERE task_id = ?');
    this.#get = select('task_id = ?');
    this.#list = select(`project = ? AND ${PUBLISHED} ORDER BY task_id`);
    this.#bySlug = select('project = ? AND slug = ?');
    this.#byBranch = select('project = ? AND branch = ?');
    this.#ownedBy = select(`owner = ? AND ${PUBLISHED} ORDER BY task_id`);
    this.#underway = select('underway IS NOT NULL ORDER BY task_id');
    this.#putList = db.prepare(
      `INSERT INTO task_lists (project, supervisor, main_repo_root, revision, guard_command)
       VALUES (@project, @supervisor, @main_repo_root, @revision, @guard_command)
       ON CONFLICT DO UPDATE SET supervisor = @supervisor, main_repo_root = @main_repo_root, guard_command = @guard_command`,
    );
    this.#getList = db.prepare('SELECT * FROM task_lists WHERE project = ?');
    this.#lists = db.prepare('SELECT * FROM task_lists ORDER BY project');
    this.#revise = db.prepare('UPDATE task_lists SET revision = revision + 1 WHERE project = ?');
  }

  insert(task: TaskRecord): void {
    this.#insert.run(toRow(task));
  }

  /** Writes what may change: dependencies, status, owner, times, undertaking. */
  update(task: TaskRecord): void {
    this.#update.run(toRow(task));
  }

  remove(taskId: Ulid): void {
    this.#remove.run(taskId);
  }

  get(taskId: Ulid): TaskRecord | undefined {
    return optional(this.#get.get(taskId));
  }

  /** What is published in a project, in that order. */
  list(project: string): TaskRecord[] {
    return this.#list.all(project).map(toRecord);
  }

  /** Upper and lower case are one here. Also a task that is only being published. */
  bySlug(project: string, slug: string): TaskRecord | undefined {
    return optional(this.#bySlug.get(project, slug));
  }

  /** Also a task that is only being published. */
  byBranch(project: string, branch: string): TaskRecord | undefined {
    return optional(this.#byBranch.get(project, branch));
  }

  ownedBy(agentId: Ulid): TaskRecord[] {
    return this.#ownedBy.all(agentId).map(toRecord);
  }

  /** What a daemon that starts has to finish. */
  underway(): TaskRecord[] {
    return this.#underway.all().map(toRecord);
  }

  /** Makes a project's list, or changes all of it but its revision. */
  putList({ project, supervisor, mainRepoRoot, guardCommand }: Omit<TaskListRecord, 'revision'>): void {
    this.#putList.run({
      project,
      supervisor,
      main_repo_root: mainRepoRoot,
      revision: 0,
      guard_command: guardCommand === null ? null : JSON.stringify(guardCommand),
    });
  }

  getList(project: string): TaskListRecord | undefined {
    const row = this.#getList.get(project);
    return row === undefined ? undefined : toList(row);
  }

  lists(): TaskListRecord[] {
    return this.#lists.all().map(toList);
  }

  /** Says that something in a project's list has changed. */
  revise(project: string): void {
    this.#revise.run(project);
  }
}

function optional(row: TaskRow | undefined): TaskRecord | undefined {
  return row === undefined ? undefined : toRecord(row);
}

function toRecord(row: TaskRow): TaskRecord {
  return {
    taskId: row.task_id,
    project: row.project,
    slug: row.slug,
    branch: row.branch,
    brief: row.brief,
    ownedPaths: JSON.parse(row.owned_paths) as TaskRecord['ownedPaths'],
    contracts: JSON.parse(row.contracts) as TaskRecord['contracts'],
    dependsOn: JSON.parse(row.depends_on) as TaskRecord['dependsOn'],
    status: row.status,
    owner: row.owner,
    claimId: row.claim_id,
    worktree: row.worktree,
    roomId: row.room_id,
    publishedMs: row.published_ms,
    changedMs: row.changed_ms,
    undertaking:
      row.underway === null || row.undertaking === null
        ? null
        : { kind: row.underway, details: JSON.parse(row.undertaking) as unknown },
  };
}

function toRow(task: TaskRecord): TaskRow {
  return {
    task_id: task.taskId,
    project: task.project,
    slug: task.slug,
    branch: task.branch,
    brief: task.brief,
    owned_paths: JSON.stringify(task.ownedPaths),
    contracts: JSON.stringify(task.contracts),
    depends_on: JSON.stringify(task.dependsOn),
    status: task.status,
    owner: task.owner,
    claim_id: task.claimId,
    worktree: task.worktree,
    room_id: task.roomId,
    published_ms: task.publishedMs,
    changed_ms: task.changedMs,
    underway: task.undertaking?.kind ?? null,
    undertaking: task.undertaking === null ? null : JSON.stringify(task.undertaking.details),
  };
}

function toList(row: TaskListRow): TaskListRecord {
  return {
    project: row.project,
    supervisor: row.supervisor,
    mainRepoRoot: row.main_repo_root,
    revision: row.revision,
    guardCommand: row.guard_command === null ? null : (JSON.parse(row.guard_command) as string[]),
  };
}
