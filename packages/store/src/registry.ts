/** Agents: identities, and the session that last used each (spec 5). */
import type { AgentKind, Anchor, Location, ProcessRef, Role, Ulid } from '@lalia/protocol';
import type { Database, Statement } from 'better-sqlite3';

/** What a registration says about the session behind an identity. */
export interface Session {
  readonly role: Role;
  readonly harness: string | null;
  readonly model: string | null;
  readonly harnessSession: string | null;
  readonly anchor: Anchor | null;
  readonly location: Location;
}

/** A name that an agent has no longer. */
export interface FormerName {
  readonly agentId: Ulid;
  readonly name: string;
  /** When it was given up, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** The identities that every home has: nobody registers them, and their names are reserved. */
export type ResidentKind = Exclude<AgentKind, 'agent'>;

export interface AgentRecord extends Session {
  readonly agentId: Ulid;
  readonly name: string;
  readonly project: string | null;
  readonly kind: AgentKind;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly registeredMs: number;
  readonly lastSeenMs: number;
  readonly leaseUntilMs: number;
  readonly unregisteredMs: number | null;
  readonly lastReadId: Ulid | null;
}

export interface Lease {
  readonly agentId: Ulid;
  readonly lastSeenMs: number;
  readonly leaseUntilMs: number;
}

interface AgentRow {
  agent_id: string;
  name: string;
  project: string | null;
  role: Role;
  kind: AgentKind;
  public_key: Buffer;
  harness: string | null;
  model: string | null;
  harness_session: string | null;
  anchor_pid: number | null;
  anchor_started: string | null;
  anchor_kind: Anchor['kind'] | null;
  repo_url: string | null;
  repo_root: string | null;
  main_repo_root: string | null;
  worktree: string | null;
  worktree_kind: Location['worktree_kind'];
  branch: string | null;
  cwd: string;
  registered_ms: number;
  last_seen_ms: number;
  lease_until_ms: number;
  unregistered_ms: number | null;
  last_read_id: string | null;
}

const COLUMNS = `agent_id, name, project, role, kind, public_key, harness, model, harness_session, anchor_pid, anchor_started,
  anchor_kind, repo_url, repo_root, main_repo_root, worktree, worktree_kind, branch, cwd, registered_ms, last_seen_ms,
  lease_until_ms, unregistered_ms, last_read_id`;
const SESSION_COLUMNS = `role = @role, harness = @harness, model = @model, harness_session = @harness_session,
  anchor_pid = @anchor_pid, anchor_started = @anchor_started, anchor_kind = @anchor_kind, repo_url = @repo_url,
  repo_root = @repo_root, main_repo_root = @main_repo_root, worktree = @worktree, worktree_kind = @worktree_kind,
  branch = @branch, cwd = @cwd, last_seen_ms = @last_seen_ms, lease_until_ms = @lease_until_ms`;
const LIVE = 'unregistered_ms IS NULL';

type Select<P extends unknown[]> = Statement<P, AgentRow>;

export class Registry {
  readonly #insert: Statement;
  readonly #resume: Statement;
  readonly #touch: Statement<[Lease]>;
  readonly #unregister: Statement<[number, string]>;
  readonly #setName: Statement<[string, string]>;
  readonly #addFormer: Statement<[FormerName]>;
  readonly #dropFormer: Statement<[string, string]>;
  readonly #formerNames: Statement<[string], { name: string }>;
  readonly #renamed: Select<[string]>;
  readonly #setLastRead: Statement<[string, string]>;
  readonly #get: Select<[string]>;
  readonly #byName: Select<[string, string]>;
  readonly #formerly: Select<[string, string]>;
  readonly #named: Select<[string]>;
  readonly #bySession: Select<[string]>;
  readonly #byAnchor: Select<[number, string]>;
  readonly #byWorktree: Select<[string]>;
  readonly #live: Select<[]>;
  readonly #all: Select<[]>;
  readonly #everybody: Select<[]>;
  readonly #resident: Select<[string]>;

  constructor(db: Database) {
    const names = COLUMNS.split(',').map((column) => column.trim());
    const select = <P extends unknown[]>(where: string): Select<P> =>
      db.prepare<P, AgentRow>(`SELECT ${COLUMNS} FROM agents WHERE ${where}`);
    this.#insert = db.prepare(
      `INSERT INTO agents (${COLUMNS}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
    );
    this.#resume = db.prepare(`UPDATE agents SET ${SESSION_COLUMNS} WHERE agent_id = @agent_id`);
    this.#touch = db.prepare(
      'UPDATE agents SET last_seen_ms = @lastSeenMs, lease_until_ms = @leaseUntilMs WHERE agent_id = @agentId',
    );
    this.#unregister = db.prepare('UPDATE agents SET unregistered_ms = ? WHERE agent_id = ?');
    this.#setName = db.prepare('UPDATE agents SET name = ? WHERE agent_id = ?');
    this.#addFormer = db.prepare(
      `INSERT INTO former_names (agent_id, name, until_ms) VALUES (@agentId, @name, @untilMs)
       ON CONFLICT DO UPDATE SET until_ms = @untilMs`,
    );
    this.#dropFormer = db.prepare('DELETE FROM former_names WHERE agent_id = ? AND name = ?');
    this.#formerNames = db.prepare(
      'SELECT name FROM former_names WHERE agent_id = ? ORDER BY until_ms, name',
    );
    this.#renamed = select(`${LIVE} AND agent_id IN (SELECT agent_id FROM former_names WHERE name = ?)
      ORDER BY agent_id DESC`);
    this.#setLastRead = db.prepare('UPDATE agents SET last_read_id = ? WHERE agent_id = ?');
    this.#get = select('agent_id = ?');
    this.#byName = select(`name = ? AND coalesce(project, '') = ? AND ${LIVE}`);
    this.#formerly = select(
      `name = ? AND coalesce(project, '') = ? AND unregistered_ms IS NOT NULL ORDER BY unregistered_ms DESC LIMIT 1`,
    );
    this.#named = select(`name = ? AND ${LIVE} ORDER BY agent_id`);
    this.#bySession = select(`harness_session = ? AND ${LIVE} ORDER BY agent_id`);
    this.#byAnchor = select(`anchor_pid = ? AND anchor_started = ? AND ${LIVE} ORDER BY agent_id`);
    this.#byWorktree = select(`repo_root = ? AND kind = 'agent' AND ${LIVE} ORDER BY agent_id`);
    this.#live = select(`kind <> 'daemon' AND ${LIVE} ORDER BY agent_id`);
    this.#all = select(`kind <> 'daemon' ORDER BY agent_id`);
    this.#everybody = select('TRUE ORDER BY agent_id');
    this.#resident = select(`kind = ? AND ${LIVE}`);
  }

  insert(agent: AgentRecord): void {
    this.#insert.run(toRow(agent));
  }

  /** Lets another session use a known identity: same id, key, mail; new whereabouts. */
  resume(agent: AgentRecord): void {
    this.#resume.run(toRow(agent));
  }

  /** Notes that an agent was seen, and renews its lease. */
  touch(lease: Lease): void {
    this.#touch.run(lease);
  }

  unregister(agentId: Ulid, nowMs: number): void {
    this.#unregister.run(nowMs, agentId);
  }

  /** Gives an identity of a database that is rebuilt the names it had before, the oldest first. */
  restoreFormerNames(agentId: Ulid, names: readonly string[], sinceMs: number): void {
    for (const [place, name] of names.entries())
      this.#addFormer.run({ agentId, name, untilMs: sinceMs + place });
  }

  /** Gives an agent another name; the one that it had is a former one from now on. */
  rename(
    { agentId, name: former }: Pick<AgentRecord, 'agentId' | 'name'>,
    name: string,
    nowMs: number,
  ): void {
    this.#setName.run(name, agentId);
    this.#addFormer.run({ agentId, name: former, untilMs: nowMs });
    this.#dropFormer.run(agentId, name);
  }

  /** The names that an agent had before, the oldest first; not the one that it has now. */
  formerNames(agentId: Ulid): string[] {
    return this.#formerNames.all(agentId).map(({ name }) => name);
  }

  /** The registered agents that had this name before, in whatever project; the newest first. */
  renamed(formerName: string): AgentRecord[] {
    return this.#renamed.all(formerName).map(toRecord);
  }

  setLastRead(agentId: Ulid, messageId: Ulid): void {
    this.#setLastRead.run(messageId, agentId);
  }

  /** Any agent, also one that was unregistered. */
  get(agentId: Ulid): AgentRecord | undefined {
    return optional(this.#get.get(agentId));
  }

  /** The registered agent of this name in this project; names are unique there. */
  byName(name: string, project: string | null): AgentRecord | undefined {
    return optional(this.#byName.get(name, project ?? ''));
  }

  /** The last agent that had this name in this project and was unregistered. */
  formerly(name: string, project: string | null): AgentRecord | undefined {
    return optional(this.#formerly.get(name, project ?? ''));
  }

  /** The registered agents of this name, in whatever project. */
  named(name: string): AgentRecord[] {
    return this.#named.all(name).map(toRecord);
  }

  bySession(harnessSession: string): AgentRecord[] {
    return this.#bySession.all(harnessSession).map(toRecord);
  }

  byAnchor(anchor: ProcessRef): AgentRecord[] {
    return this.#byAnchor.all(anchor.pid, anchor.started).map(toRecord);
  }

  /** The agents that registered in the worktree with this root folder. */
  byWorktree(root: string): AgentRecord[] {
    return this.#byWorktree.all(root).map(toRecord);
  }

  /** All registered agents and the person, whom one can write to; with `all`, also those that were unregistered. */
  list({ all }: { readonly all: boolean }): AgentRecord[] {
    return (all ? this.#all : this.#live).all().map(toRecord);
  }

  /** Whoever there is or was, the daemon too: all that a message can be from. */
  everybody(): AgentRecord[] {
    return this.#everybody.all().map(toRecord);
  }

  /** The person (spec 2) or the daemon itself, once the daemon has made that identity. */
  resident(kind: ResidentKind): AgentRecord | undefined {
    return optional(this.#resident.get(kind));
  }
}

function optional(row: AgentRow | undefined): AgentRecord | undefined {
  return row === undefined ? undefined : toRecord(row);
}

function toRecord(row: AgentRow): AgentRecord {
  const { anchor_pid: pid, anchor_started: started, anchor_kind: kind } = row;
  return {
    agentId: row.agent_id,
    name: row.name,
    project: row.project,
    role: row.role,
    kind: row.kind,
    publicKey: row.public_key,
    harness: row.harness,
    model: row.model,
    harnessSession: row.harness_session,
    anchor: pid === null || started === null || kind === null ? null : { pid, started, kind },
    location: {
      repo_url: row.repo_url,
      repo_root: row.repo_root,
      main_repo_root: row.main_repo_root,
      worktree: row.worktree,
      worktree_kind: row.worktree_kind,
      branch: row.branch,
      cwd: row.cwd,
    },
    registeredMs: row.registered_ms,
    lastSeenMs: row.last_seen_ms,
    leaseUntilMs: row.lease_until_ms,
    unregisteredMs: row.unregistered_ms,
    lastReadId: row.last_read_id,
  };
}

function toRow(agent: AgentRecord): AgentRow {
  return {
    agent_id: agent.agentId,
    name: agent.name,
    project: agent.project,
    role: agent.role,
    kind: agent.kind,
    public_key: Buffer.from(agent.publicKey),
    harness: agent.harness,
    model: agent.model,
    harness_session: agent.harnessSession,
    anchor_pid: agent.anchor?.pid ?? null,
    anchor_started: agent.anchor?.started ?? null,
    anchor_kind: agent.anchor?.kind ?? null,
    ...agent.location,
    registered_ms: agent.registeredMs,
    last_seen_ms: agent.lastSeenMs,
    lease_until_ms: agent.leaseUntilMs,
    unregistered_ms: agent.unregisteredMs,
    last_read_id: agent.lastReadId,
  };
}
