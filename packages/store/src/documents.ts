/** What the transcript holds beside messages (spec 7): pure text, the same for the same facts, and where each file lies. */
import { createHash } from 'node:crypto';
import { type AgentKind, type Message, type Role, toBase64Url, type Ulid } from '@lalia/protocol';

/** What is written about an identity; its session and its lease are not. */
export interface RegistryFacts {
  readonly agentId: Ulid;
  readonly name: string;
  readonly project: string | null;
  readonly kind: AgentKind;
  readonly role: Role;
  readonly harness: string | null;
  readonly model: string | null;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly registeredMs: number;
  readonly unregisteredMs: number | null;
}

export interface RoomFacts {
  readonly roomId: Ulid;
  readonly name: string;
  readonly project: string | null;
  readonly description: string;
  readonly createdBy: Ulid;
  readonly createdMs: number;
  readonly archivedMs: number | null;
}

export interface MemberFacts {
  readonly agentId: Ulid;
  readonly name: string;
  readonly joinedMs: number;
}

export interface TaskFacts {
  readonly taskId: Ulid;
  readonly slug: string;
  readonly branch: string;
  readonly brief: string;
  readonly ownedPaths: readonly string[];
  readonly contracts: readonly { readonly other_slug: string; readonly note: string }[];
  readonly dependsOn: readonly string[];
  readonly status: string;
  readonly owner: { readonly agentId: Ulid; readonly name: string } | null;
  readonly roomId: Ulid;
  readonly publishedMs: number;
  readonly changedMs: number;
}

export interface TaskListFacts {
  readonly project: string;
  readonly supervisor: { readonly agentId: Ulid; readonly name: string } | null;
  readonly tasks: readonly TaskFacts[];
}

const FORMAT = 1;
/** The first words of a body that a subject shows. */
const EXCERPT_CHARACTERS = 60;

export function registryPath(agentId: Ulid): string {
  return `registry/${agentId}.json`;
}

/** @param folder the conversation's own, such as `rooms/feat-auth`. */
export function roomPath(folder: string): string {
  return `${folder}/ROOM.md`;
}

/** @param folder the conversation's own, such as `rooms/feat-auth`. */
export function membersPath(folder: string): string {
  return `${folder}/MEMBERS.md`;
}

/**
 * Where a project's tasks lie. A project can have any name, and two names may differ only in their case: what is not plain
 * lower case gets a hash of the whole name behind it, so no two meet on any file system.
 */
export function taskListPath(project: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(project) && project.length <= 64)
    return `tasks/${project}/task-list.json`;
  const readable = project
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^\W+/, '')
    .slice(0, 48);
  const hash = createHash('sha256').update(project).digest('hex').slice(0, 12);
  return `tasks/${readable}~${hash}/task-list.json`;
}

/** `registry/<agent_id>.json`. @param formerNames the names it had before, the oldest first. */
export function registryDocument(agent: RegistryFacts, formerNames: readonly string[] = []): string {
  return jsonDocument({
    lalia: FORMAT,
    agent_id: agent.agentId,
    name: agent.name,
    former_names: formerNames,
    project: agent.project,
    kind: agent.kind,
    role: agent.role,
    harness: agent.harness,
    model: agent.model,
    public_key: toBase64Url(agent.publicKey),
    registered_at: isoOf(agent.registeredMs),
    ...(agent.unregisteredMs === null ? {} : { unregistered_at: isoOf(agent.unregisteredMs) }),
  });
}

/** `ROOM.md`. */
export function roomDocument(room: RoomFacts): string {
  const facts: [string, string | number][] = [
    ['lalia', FORMAT],
    ['room_id', room.roomId],
    ['name', room.name],
    ...(room.project === null ? [] : [['project', JSON.stringify(room.project)] as [string, string]]),
    ['created_by', room.createdBy],
    ['created_at', isoOf(room.createdMs)],
    ...(room.archivedMs === null ? [] : [['archived_at', isoOf(room.archivedMs)] as [string, string]]),
  ];
  const lines = facts.map(([key, value]) => `${key}: ${String(value)}\n`).join('');
  const description = room.description.trim();
  return `---\n${lines}---\n\n# ${room.name}\n${description === '' ? '' : `\n${description}\n`}`;
}

/** `MEMBERS.md`: who is in the room now, in the order of joining. */
export function membersDocument(room: Pick<RoomFacts, 'name'>, members: readonly MemberFacts[]): string {
  const rows = members.map(
    ({ name, agentId, joinedMs }) => `| ${name} | ${agentId} | ${isoOf(joinedMs)} |\n`,
  );
  return `# Members of ${room.name}\n\n| name | agent | since |\n| --- | --- | --- |\n${rows.join('')}`;
}

/** `task-list.json`: what is published now, in that order. Paths of this machine are not in it. */
export function taskListDocument({ project, supervisor, tasks }: TaskListFacts): string {
  return jsonDocument({
    lalia: FORMAT,
    project,
    supervisor: agentOf(supervisor),
    tasks: tasks.map((task) => ({
      task_id: task.taskId,
      slug: task.slug,
      branch: task.branch,
      status: task.status,
      owner: agentOf(task.owner),
      brief: task.brief,
      owned_paths: task.ownedPaths,
      contracts: task.contracts,
      depends_on: task.dependsOn,
      room_id: task.roomId,
      published_at: isoOf(task.publishedMs),
      changed_at: isoOf(task.changedMs),
    })),
  });
}

function agentOf(agent: TaskFacts['owner']): unknown {
  return agent === null ? null : { agent_id: agent.agentId, name: agent.name };
}

/** JSON as the transcript has it: two spaces, a final newline, keys in the order given. */
function jsonDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The subject of a message's commit: `alice -> bob 42: The first words of the body…`. */
export function messageSubject(message: Message): string {
  const target = message.kind === 'tell' ? `-> ${message.to}` : `in ${message.room}`;
  return `${message.from} ${target} ${String(message.seq)}: ${excerpt(message.body)}`;
}

/** One line without control and formatting characters, cut between characters. */
function excerpt(body: string): string {
  // A body can be a mebibyte; its first words are in its first few hundred characters.
  const line = body
    .slice(0, EXCERPT_CHARACTERS * 8)
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= EXCERPT_CHARACTERS
    ? line
    : `${characters
        .slice(0, EXCERPT_CHARACTERS - 1)
        .join('')
        .trimEnd()}…`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
