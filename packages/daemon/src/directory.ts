/** Addresses to agents and rooms (spec 5), with the nearest names for one that leads nowhere. */
import {
  type Address,
  DAEMON,
  fail,
  formatAddress,
  HUMAN,
  invariant,
  isLaliaError,
  type LaliaError,
  parseAddress,
  type Ulid,
} from '@lalia/protocol';
import type { AgentRecord, NicknameRecord, RoomRecord, Store } from '@lalia/store';
import { didYouMean, nearest } from './nearest.ts';

export type Found =
  | { readonly kind: 'agent'; readonly agent: AgentRecord }
  | { readonly kind: 'room'; readonly room: RoomRecord };

export interface Lookup {
  readonly address: string;
  /** The project that a bare name is looked up in first. */
  readonly project: string | null;
}

type NamedAddress = Extract<Address, { kind: 'name' }>;

export class Directory {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * An agent, by a nickname or an address; by its id also one that was unregistered, whose conversations can still be read.
   * @throws LaliaError `invalid_params`, `agent_not_found`, `ambiguous_address` or `nickname_stale`.
   */
  agent(lookup: Lookup): AgentRecord {
    const nickname = this.#store.nicknames.get(lookup.address);
    return nickname === undefined ? this.#addressed(lookup) : this.followed(nickname, lookup.project);
  }

  /**
   * The agent that a nickname leads to now.
   * @param project in which the bare name that it may follow is looked up first.
   * @throws LaliaError `nickname_stale` with what is wrong with it.
   */
  followed({ nickname, agentId, follows }: NicknameRecord, project: string | null): AgentRecord {
    if (follows !== null) {
      try {
        return this.#addressed({ address: follows, project });
      } catch (error) {
        if (!isLaliaError(error)) throw error;
        throw stale(nickname, `follows ${follows}, which leads nowhere: ${error.message}`, {
          because: error,
          hint: error.hint,
        });
      }
    }
    const agent = agentId === null ? undefined : this.#store.registry.get(agentId);
    invariant(agent !== undefined, 'a nickname without an address is bound to an agent');
    if (agent.unregisteredMs === null) return agent;
    const heir = this.#store.registry.byName(agent.name, agent.project);
    throw stale(nickname, `was for ${qualified(agent)}, who was unregistered.`, {
      context: { agent_id: agent.agentId },
      hint:
        heir === undefined
          ? `What was said is still there: lalia history ${agent.agentId}`
          : `There is a new agent of that name: \`lalia nickname ${nickname} ${qualified(heir)}\` is for that one.`,
    });
  }

  #addressed(lookup: Lookup): AgentRecord {
    const agent = this.#findAgent(parseAddress(lookup.address), lookup);
    if (agent === undefined) throw this.#notFound('agent_not_found', lookup);
    return agent;
  }

  /** @throws LaliaError `invalid_params`, `room_not_found` or `ambiguous_address`. */
  room(lookup: Lookup): RoomRecord {
    const room = this.#findRoom(parseAddress(lookup.address), lookup);
    if (room === undefined) throw this.#notFound('room_not_found', lookup);
    return room;
  }

  /** An agent if there is one of that name, else a room; what is in the caller's project goes before what is not. */
  any(lookup: Lookup): Found {
    const nickname = this.#store.nicknames.get(lookup.address);
    if (nickname !== undefined) return { kind: 'agent', agent: this.followed(nickname, lookup.project) };
    const address = parseAddress(lookup.address);
    const found =
      foundAgent(this.#exactAgent(address, lookup)) ??
      foundRoom(this.#exactRoom(address, lookup)) ??
      foundAgent(this.#agentElsewhere(address, lookup)) ??
      foundRoom(this.#roomElsewhere(address));
    if (found === undefined) throw this.#notFound('agent_not_found', lookup);
    return found;
  }

  /**
   * The agent that gave up the name of an address that leads nowhere: of the project that it names; for a bare name the one of
   * the caller's project, else the only one anywhere.
   */
  renamed(lookup: Lookup): AgentRecord | undefined {
    const address = parseAddress(lookup.address);
    if (address.kind === 'id') return undefined;
    const found = this.#store.registry.renamed(address.name);
    const near = found.find(({ project }) => project === (address.project ?? lookup.project));
    return near ?? (isBare(address) && found.length === 1 ? found[0] : undefined);
  }

  #findAgent(address: Address, lookup: Lookup): AgentRecord | undefined {
    return this.#exactAgent(address, lookup) ?? this.#agentElsewhere(address, lookup);
  }

  #findRoom(address: Address, lookup: Lookup): RoomRecord | undefined {
    return this.#exactRoom(address, lookup) ?? this.#roomElsewhere(address);
  }

  /** By id, or in the project that the address names, else in the caller's. */
  #exactAgent(address: Address, { project }: Lookup): AgentRecord | undefined {
    const { registry } = this.#store;
    if (address.kind === 'id') return registry.get(address.id);
    if (address.name === HUMAN) return registry.resident('human');
    if (address.name === DAEMON) return registry.resident('daemon');
    const agent = registry.byName(address.name, address.project ?? project);
    return agent !== undefined && isAt(agent, address) ? agent : undefined;
  }

  #exactRoom(address: Address, { project }: Lookup): RoomRecord | undefined {
    const { rooms } = this.#store;
    return address.kind === 'id'
      ? rooms.get(address.id)
      : rooms.byName(address.name, address.project ?? project);
  }

  /**
   * A bare name that is unique anywhere. Not one that an agent of the caller's project has given up: whoever still uses it means
   * that agent, and no namesake in another project.
   */
  #agentElsewhere(address: Address, { project }: Lookup): AgentRecord | undefined {
    if (!isBare(address)) return undefined;
    const isGivenUp = this.#store.registry.renamed(address.name).some((agent) => agent.project === project);
    return !isGivenUp
      ? onlyOne(address.name, this.#store.registry.named(address.name), ({ agentId }) => agentId)
      : undefined;
  }

  #roomElsewhere(address: Address): RoomRecord | undefined {
    return isBare(address)
      ? onlyOne(address.name, this.#store.rooms.named(address.name), ({ roomId }) => roomId)
      : undefined;
  }

  #notFound(reason: 'agent_not_found' | 'room_not_found', lookup: Lookup): LaliaError {
    const suggestions = this.#nearest(reason, lookup);
    const what = reason === 'agent_not_found' ? 'agent' : 'room';
    const hint =
      this.#otherKind(reason, lookup) ??
      (reason === 'agent_not_found' ? this.#whyNot(lookup) : undefined) ??
      didYouMean(suggestions);
    return fail(reason, `There is no ${what} "${lookup.address}".`, {
      context: { address: lookup.address, suggestions },
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** An agent's name where a room was meant, or the other way round. */
  #otherKind(reason: 'agent_not_found' | 'room_not_found', lookup: Lookup): string | undefined {
    const address = parseAddress(lookup.address);
    const name = isBare(address) ? address.name : '';
    const { registry, rooms } = this.#store;
    if (reason === 'agent_not_found') {
      const room = this.#exactRoom(address, lookup) ?? rooms.named(name)[0];
      return room === undefined
        ? undefined
        : `${qualified(room)} is a room: \`lalia post ${lookup.address}\` sends to its members.`;
    }
    const agent = this.#exactAgent(address, lookup) ?? registry.named(name)[0];
    return agent === undefined
      ? undefined
      : `${qualified(agent)} is an agent: \`lalia tell ${lookup.address}\` sends to it.`;
  }

  /** What is true of the name although the address leads nowhere: the agent is at another place, or is gone. */
  #whyNot(lookup: Lookup): string | undefined {
    const address = parseAddress(lookup.address);
    if (address.kind === 'id') return undefined;
    const { registry } = this.#store;
    const project = address.project ?? lookup.project;
    const elsewhere = registry.byName(address.name, project);
    if (elsewhere !== undefined) {
      const { branch, worktree } = elsewhere.location;
      return `${qualified(elsewhere)} is on branch ${branch ?? '(none)'}, in worktree ${worktree ?? '(none)'}.`;
    }
    const renamed = this.renamed(lookup);
    if (renamed !== undefined) return `${address.name} is called ${qualified(renamed)} now.`;
    const gone = registry.formerly(address.name, project);
    return gone === undefined
      ? undefined
      : `${address.name} was unregistered. What was said is still there: lalia history ${gone.agentId}`;
  }

  #nearest(reason: 'agent_not_found' | 'room_not_found', { address, project }: Lookup): string[] {
    const known: Named[] =
      reason === 'agent_not_found' ? this.#store.registry.list({ all: false }) : this.#store.rooms.list();
    const [wanted = ''] = address.split('@', 1);
    const nicknames = reason === 'agent_not_found' ? this.#store.nicknames.list() : [];
    return nearest(wanted, [
      ...nicknames.map(({ nickname }) => ({ name: nickname, label: nickname, rank: 0 })),
      ...known.map((one) => ({
        name: one.name,
        label: one.project === project ? one.name : qualified(one),
        rank: Number(one.project !== project),
      })),
    ]);
  }
}

interface Named {
  readonly name: string;
  readonly project: string | null;
}

/** The name with its project, or as it is where it has none. */
export function qualified({ name, project }: Named): string {
  return formatAddress({
    kind: 'name',
    name,
    project: project ?? undefined,
    branch: undefined,
    worktree: undefined,
  });
}

interface StaleDetails {
  readonly hint: string;
  readonly because?: LaliaError;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** How a nickname is mended stands in the hint, after what is particular to this one. */
function stale(nickname: string, why: string, { hint, because, context = {} }: StaleDetails): LaliaError {
  const mend = `\`lalia nickname ${nickname} ADDRESS\` gives it to another agent, \`lalia nickname -d ${nickname}\` deletes it.`;
  return fail('nickname_stale', `The nickname ${nickname} ${why}`, {
    cause: because,
    context: { nickname, ...(because === undefined ? {} : { reason: because.reason }), ...context },
    hint: `${hint}${hint.endsWith('.') || hint.endsWith('?') ? '' : '.'} ${mend}`,
  });
}

function onlyOne<T extends Named>(name: string, found: readonly T[], idOf: (one: T) => Ulid): T | undefined {
  if (found.length <= 1) return found[0];
  // Without a project there is no qualified form, and the bare name would be ambiguous again.
  const candidates = found.map((one) => (one.project === null ? idOf(one) : qualified(one)));
  throw fail('ambiguous_address', `"${name}" is a name in several projects.`, {
    context: { candidates },
    hint: `Use one of: ${candidates.join(', ')}.`,
  });
}

function isBare(address: Address): address is NamedAddress {
  return address.kind === 'name' && address.project === undefined;
}

function foundAgent(agent: AgentRecord | undefined): Found | undefined {
  return agent === undefined ? undefined : { kind: 'agent', agent };
}

function foundRoom(room: RoomRecord | undefined): Found | undefined {
  return room === undefined ? undefined : { kind: 'room', room };
}

/** Branch and worktree in an address narrow it: the agent has to be there. A worktree is named or given by its root. */
function isAt({ location }: AgentRecord, { branch, worktree }: NamedAddress): boolean {
  return (
    (branch === undefined || branch === location.branch) &&
    (worktree === undefined || worktree === location.worktree || worktree === location.repo_root)
  );
}
