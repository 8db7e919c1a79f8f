/** The names of what there is, asked of the daemon that runs; a completion starts none. */
import { type Client, callerFacts, connect, isLaliaError, workingPlace } from '@lalia/client';
import type { Completes } from '../command.ts';
import type { Suggestion } from './suggest.ts';

/** Longer than a local daemon takes, and not longer than a person waits for the key. */
const PATIENCE_MS = 1000;

export interface Asked {
  readonly of: Completes;
  /** What is typed of the name. */
  readonly typed: string;
  /** What `--as` says. */
  readonly as: string | undefined;
}

interface Place extends Asked {
  readonly client: Client;
  readonly project: string | null;
  readonly signal: AbortSignal;
}

/** @returns no names where no daemon runs, or it does not know the caller. */
export async function names(asked: Asked): Promise<Suggestion[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await using client = await connect({ autostart: false, clientName: 'lalia-completion', signal });
  const place = { ...asked, client, signal, project: workingPlace().project };
  const found: Suggestion[] = [];
  for (const source of SOURCES[asked.of]) found.push(...(await source(place)));
  return found;
}

/** Where the names of a kind come from. */
const SOURCES: Readonly<Record<Completes, readonly ((place: Place) => Promise<Suggestion[]>)[]>> = {
  agent: [agents, nicknames],
  room: [rooms],
  conversation: [agents, nicknames, rooms],
  task: [tasks],
  nickname: [nicknames],
  // The shell knows them.
  file: [],
  folder: [],
};

async function agents({ client, signal, ...place }: Place): Promise<Suggestion[]> {
  const { agents: found } = await client.call('agents', {}, { signal });
  return found
    .filter(({ kind }) => kind !== 'daemon')
    .map(({ name, project, kind, role, presence }) => ({
      word: kind === 'human' ? name : addressed({ name, project }, place),
      about: kind === 'human' ? 'the person at this machine' : `${role}, ${presence}`,
    }));
}

async function nicknames({ client, project, signal }: Place): Promise<Suggestion[]> {
  const found = await client.nicknames.list({ project, signal });
  return found.map(({ nickname }) => ({ word: nickname, about: 'a nickname' }));
}

async function rooms({ client, signal, as, ...place }: Place): Promise<Suggestion[]> {
  try {
    const { agent } = await client.identify(callerFacts({ as }), { signal });
    const { rooms: found } = await agent.rooms({ signal });
    return found
      .filter(({ archived }) => !archived)
      .map(({ name, project, joined, description }) => ({
        word: addressed({ name, project }, place),
        about: description || (joined ? 'a room that you are in' : 'a room'),
      }));
  } catch (error) {
    // Rooms are shown to agents alone; the other names are there for anybody.
    if (isLaliaError(error)) return [];
    throw error;
  }
}

async function tasks({ client, project, signal }: Place): Promise<Suggestion[]> {
  if (project === null) return [];
  const { tasks: found } = await client.tasks.list(project, { signal });
  return found.map(({ slug, status, owner }) => ({
    word: slug,
    about: owner === null ? status : `${status}, ${owner.name}`,
  }));
}

interface Named {
  readonly name: string;
  readonly project: string | null;
}

/** As short as one would type it: with the project where it is another one, or where an @ is typed already. */
function addressed(
  { name, project }: Named,
  place: { readonly project: string | null; readonly typed: string },
): string {
  if (project === null) return name;
  return project === place.project && !place.typed.includes('@') ? name : `${name}@${project}`;
}
