/** The transcript's documents read back: what `documents.ts` writes, and nothing that is written otherwise. */
import { fail, fromBase64Url, isName, isUlid, type Ulid } from '@lalia/protocol';
import type { MemberFacts, RegistryFacts, RoomFacts } from '../documents.ts';

export interface FoundAgent extends RegistryFacts {
  readonly formerNames: readonly string[];
}

/** A file of `registry/`. @throws LaliaError `verify_failed` for anything else. */
export function readRegistryDocument(path: string, text: string): FoundAgent {
  const fields = jsonOf(path, text);
  const agentId = ulidOf(path, fields['agent_id']);
  const ended = fields['unregistered_at'];
  const { kind, role, former_names: former } = fields;
  if (!oneOf(kind, ['agent', 'human', 'daemon']) || !oneOf(role, ['peer', 'worker', 'supervisor']))
    throw bad(path);
  const publicKey = fromBase64Url(textOf(path, fields['public_key']));
  if (publicKey.length !== 32) throw bad(path);
  return {
    agentId,
    name: nameOf(path, fields['name']),
    formerNames: Array.isArray(former) ? former.map((name) => nameOf(path, name)) : [],
    project: optionalText(path, fields['project']),
    kind,
    role,
    harness: optionalText(path, fields['harness']),
    model: optionalText(path, fields['model']),
    publicKey,
    registeredMs: timeOf(path, fields['registered_at']),
    unregisteredMs: ended === undefined ? null : timeOf(path, ended),
  };
}

/** A `ROOM.md`. @throws LaliaError `verify_failed` for anything else. */
export function readRoomDocument(path: string, text: string): RoomFacts {
  const [, front = '', rest = ''] = /^---\n(.*?)---\n\n(.*)$/s.exec(text) ?? [];
  const field = (key: string): string | undefined => new RegExp(`^${key}: (.*)$`, 'm').exec(front)?.[1];
  const name = nameOf(path, field('name'));
  const project = field('project');
  const archived = field('archived_at');
  const heading = `# ${name}\n`;
  if (!rest.startsWith(heading)) throw bad(path);
  return {
    roomId: ulidOf(path, field('room_id')),
    name,
    project: project === undefined ? null : textOf(path, JSON.parse(project)),
    description: rest.slice(heading.length).trim(),
    createdBy: ulidOf(path, field('created_by')),
    createdMs: timeOf(path, field('created_at')),
    archivedMs: archived === undefined ? null : timeOf(path, archived),
  };
}

/** A `MEMBERS.md`. @throws LaliaError `verify_failed` for a line that is no member's. */
export function readMembersDocument(path: string, text: string): MemberFacts[] {
  const rows = text
    .split('\n')
    .slice(4)
    .filter((line) => line !== '');
  return rows.map((row) => {
    const [, name, id, since] = /^\| (\S+) \| (\S+) \| (\S+) \|$/.exec(row) ?? [];
    return { name: name ?? '', agentId: ulidOf(path, id), joinedMs: timeOf(path, since) };
  });
}

/** A `task-list.json`: which room each of its tasks had. */
export function readTaskRooms(path: string, text: string): Ulid[] {
  const { tasks } = jsonOf(path, text);
  if (!Array.isArray(tasks)) throw bad(path);
  return tasks.map((task: { readonly room_id?: unknown }) => ulidOf(path, task.room_id));
}

function jsonOf(path: string, text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw bad(path, error);
  }
}

function oneOf<const Options extends readonly string[]>(
  value: unknown,
  options: Options,
): value is Options[number] {
  return typeof value === 'string' && options.includes(value);
}

function textOf(path: string, value: unknown): string {
  if (typeof value !== 'string') throw bad(path);
  return value;
}

function optionalText(path: string, value: unknown): string | null {
  return value === null ? null : textOf(path, value);
}

function nameOf(path: string, value: unknown): string {
  const name = textOf(path, value);
  if (!isName(name)) throw bad(path);
  return name;
}

function ulidOf(path: string, value: unknown): Ulid {
  const id = textOf(path, value);
  if (!isUlid(id)) throw bad(path);
  return id;
}

function timeOf(path: string, value: unknown): number {
  const ms = Date.parse(textOf(path, value));
  if (Number.isNaN(ms)) throw bad(path);
  return ms;
}

function bad(path: string, cause?: unknown): Error {
  return fail('verify_failed', `${path} is not in the form that Lalia writes.`, { cause, context: { path } });
}
