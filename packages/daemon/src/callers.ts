/** Who is calling (spec 5): the first step that has exactly one candidate decides; the steps stand in the spec's order. */
import { fail, isLaliaError, type LaliaError, type ParsedParams, type Result } from '@lalia/protocol';
import type { AgentRecord, Store } from '@lalia/store';
import { type Directory, qualified } from './directory.ts';
import type { Presence } from './presence.ts';

type Facts = ParsedParams<'identify'>;
type How = Result<'identify'>['how'];

export interface Identified {
  readonly agent: AgentRecord;
  readonly how: How;
}

interface CallersOptions {
  readonly store: Store;
  readonly directory: Directory;
  readonly presence: Presence;
}

export class Callers {
  readonly #store: Store;
  readonly #directory: Directory;
  readonly #presence: Presence;

  constructor({ store, directory, presence }: CallersOptions) {
    this.#store = store;
    this.#directory = directory;
    this.#presence = presence;
  }

  /** @throws LaliaError `not_registered`, `ambiguous_caller`, or what an address given by name is refused with. */
  identify(facts: Facts): Identified {
    const { project } = facts;
    if (facts.as !== null) return { agent: this.#as(facts.as, project), how: 'as' };
    if (facts.env_name !== null) return { agent: this.#named(facts.env_name, project), how: 'env_name' };
    for (const [how, candidates] of this.#steps(facts)) {
      const [agent, ...others] = candidates;
      if (others.length > 0) throw ambiguous(how, candidates);
      if (agent !== undefined) return { agent, how };
    }
    throw this.#unknown(facts);
  }

  *#steps(facts: Facts): Generator<readonly [How, AgentRecord[]]> {
    const { registry } = this.#store;
    yield [
      'harness_session',
      facts.harness_session === null ? [] : registry.bySession(facts.harness_session),
    ];
    yield [
      'anchor',
      facts.ancestors.map((ancestor) => registry.byAnchor(ancestor)).find((found) => found.length > 0) ?? [],
    ];
    const inWorktree = facts.worktree === null ? [] : registry.byWorktree(facts.worktree);
    yield ['worktree', inWorktree.filter((agent) => !this.#isOtherSession(agent, facts))];
  }

  /**
   * Whether an agent of this worktree is certainly somebody else: it belongs to another conversation of a harness, or to a
   * process that is still alive and not above the caller. Else whoever forgets to register would read the other one's mail.
   */
  #isOtherSession(agent: AgentRecord, facts: Facts): boolean {
    const { harness_session: session, ancestors } = facts;
    if (session !== null && agent.harnessSession !== null) return session !== agent.harnessSession;
    return ancestors.length > 0 && this.#presence.isHeld(agent);
  }

  #as(address: string, project: string | null): AgentRecord {
    const agent = this.#directory.agent({ address, project });
    if (agent.kind === 'daemon')
      throw fail('not_registered', `Nobody calls as ${agent.name}: it is the daemon itself.`);
    if (agent.unregisteredMs === null) return agent;
    throw fail('not_registered', `${agent.name} was unregistered.`, { context: { agent_id: agent.agentId } });
  }

  /**
   * The variable outlives the folder it was set for, and is inherited: in a repository a bare name means the agent of this
   * repository and never one of the same name elsewhere.
   */
  #named(name: string, project: string | null): AgentRecord {
    try {
      const agent = this.#directory.agent({ address: name, project });
      const isMeant =
        project === null || agent.kind === 'human' || agent.project === project || agent.name !== name;
      if (isMeant && agent.kind !== 'daemon') return agent;
    } catch (error) {
      throw this.#unregisteredName(name, { project, cause: error });
    }
    throw this.#unregisteredName(name, { project });
  }

  #unregisteredName(
    name: string,
    { project, cause }: { readonly project: string | null; readonly cause?: unknown },
  ): LaliaError {
    if (isLaliaError(cause) && cause.reason === 'nickname_stale') return cause;
    const renamed =
      isLaliaError(cause) && cause.reason === 'invalid_params'
        ? undefined
        : this.#directory.renamed({ address: name, project });
    if (renamed === undefined) return unregisteredName(name, cause);
    return fail('not_registered', `LALIA_NAME is "${name}", and that agent is called ${renamed.name} now.`, {
      cause,
      context: { agent_id: renamed.agentId, name: renamed.name },
      hint: `Set LALIA_NAME=${renamed.name}, or use --as ${renamed.name}.`,
    });
  }

  #unknown(facts: Facts): LaliaError {
    const here = this.#store.registry
      .list({ all: false })
      .filter((agent) => agent.project === facts.project && agent.kind === 'agent');
    const choices = here.map((agent) => agent.name);
    const hint =
      choices.length === 0
        ? 'Run `lalia register` first, or use --as human.'
        : `Run \`lalia register\` first, or use --as with one of: ${choices.join(', ')}, human.`;
    return fail('not_registered', 'This session has no identity yet.', { context: { choices }, hint });
  }
}

/** What the candidates of a step have in common. */
const PLACES: Readonly<Record<How, string>> = {
  as: 'machine',
  env_name: 'machine',
  harness_session: 'session',
  anchor: 'terminal',
  worktree: 'worktree',
};

function ambiguous(how: How, candidates: readonly AgentRecord[]): LaliaError {
  const choices = candidates.map(qualified);
  return fail(
    'ambiguous_caller',
    `Several agents are registered in this ${PLACES[how]}: ${choices.join(', ')}.`,
    {
      context: { choices },
      hint: 'Say who is calling with --as NAME, or take your own name up again: lalia register --name NAME.',
    },
  );
}

function unregisteredName(name: string, cause: unknown): LaliaError {
  return fail('not_registered', `LALIA_NAME is "${name}", and no agent of that name is registered here.`, {
    cause,
    hint: 'Run `lalia register`: it takes the name from LALIA_NAME.',
  });
}
