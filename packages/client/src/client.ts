/** One home's daemon as a program sees it. Several agents may share a client; none of them is "the current one". */
import type { KeyObject } from 'node:crypto';
import { type Keystore, keystoreKind, openKeystore } from '@lalia/keystore';
import {
  fail,
  type Method,
  type Params,
  type Paths,
  privateKeyObject,
  type Result,
  rawPublicKey,
  ulidSource,
} from '@lalia/protocol';
import { Agent } from './agent.ts';
import type { CallerFacts } from './caller.ts';
import type { Clock } from './clock.ts';
import type { Environment } from './environment.ts';
import { Link, type LinkEvents, type OpenConnection } from './link.ts';
import { Nicknames } from './nicknames.ts';
import { type Registered, type RegisterOptions, register } from './register.ts';
import { type CallOptions, SignedCaller } from './signed-caller.ts';
import { TaskBoard } from './task-board.ts';

/** What a client is made of; `connect` puts it together. */
export interface ClientParts {
  readonly paths: Paths;
  readonly env: Environment;
  readonly clock: Clock;
  readonly open: OpenConnection;
  /** Whether it may start a daemon; one that may not does not end an older one either. */
  readonly mayStart: boolean;
}

/** An agent, and what told that the caller is it. */
export interface Identified {
  readonly agent: Agent;
  readonly how: Result<'identify'>['how'];
}

/** What `register` answers. */
export interface RegisteredAgent {
  readonly agent: Agent;
  /** Whether the identity is new; else it was taken up again. */
  readonly created: boolean;
  /** Until when it counts as live without another call, in milliseconds since 1970. */
  readonly leaseUntil: number;
}

export class Client implements AsyncDisposable {
  /** Where this home's socket, keys and transcript are. */
  readonly paths: Paths;
  /** The tasks of any project, to look at. */
  readonly tasks: TaskBoard;
  /** The names that the person gives to agents. */
  readonly nicknames: Nicknames;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #keystore: Keystore;
  readonly #newId: () => string;

  /** Use `connect`. */
  constructor({ paths, env, clock, open, mayStart }: ClientParts) {
    this.paths = paths;
    this.#clock = clock;
    this.#link = new Link({
      open,
      clock,
      mayReplace: async ({ via }) => {
        if (!mayStart || via === 'spool') return false;
        const { canStartDaemon } = await import('./sandbox.ts');
        return canStartDaemon(paths);
      },
    });
    this.nicknames = new Nicknames(this.#link);
    this.tasks = new TaskBoard({ link: this.#link, clock });
    this.#keystore = openKeystore({ kind: keystoreKind(env['LALIA_KEYSTORE']), dir: paths.keys });
    this.#newId = ulidSource(() => clock.nowMs());
  }

  /** Sees to it that there is a connection now; every call does the same when it needs one. */
  connect(signal?: AbortSignal): Promise<void> {
    return this.#link.connect(signal);
  }

  /**
   * Listens to the connection: `connected` when a daemon has answered, `disconnected` when it is gone; not when
   * this client was closed. Nothing needs to be done about either.
   * @returns a function that ends the listening.
   */
  on<E extends keyof LinkEvents>(event: E, listener: (detail: LinkEvents[E]) => void): () => void {
    return this.#link.on(event, listener);
  }

  /**
   * Calls an operation as it is defined, without a signature: `agents`, `status`, `resolve` and other questions.
   * @throws LaliaError what the daemon refused it with; the signal's reason when it aborts.
   */
  async call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    return (await this.#link.request({ ...options, method, params: () => params })) as Result<M>;
  }

  /** Turns an address into the agent or room that it names now. @param project where a bare name is looked up first. */
  resolve(query: Params<'resolve'>, options: CallOptions = {}): Promise<Result<'resolve'>> {
    return this.call('resolve', query, options);
  }

  /**
   * Finds the agent that this caller is (spec 5), and loads its key.
   * @param facts as `callerFacts` collects them.
   * @throws LaliaError `not_registered` when it is none, `ambiguous_caller` when it may be several, `key_missing` when
   *   the private key is gone.
   */
  async identify(facts: CallerFacts, options: CallOptions = {}): Promise<Identified> {
    const { agent, how, public_key } = await this.call('identify', facts, options);
    const key = await this.#loadKey(agent);
    if (Buffer.from(rawPublicKey(key)).toString('base64url') !== public_key) {
      throw fail('key_missing', `The key file of ${agent.name} belongs to another identity.`, {
        context: { agent_id: agent.agent_id },
      });
    }
    return { agent: this.#agentOf(agent, key), how };
  }

  /**
   * Takes up an identity whose private key is on this machine, without registering it again.
   * @param address any address of it; a ULID is never ambiguous.
   * @throws LaliaError `agent_not_found`, `ambiguous_address` or `key_missing`.
   */
  async resume(address: string, options: CallOptions = {}): Promise<Agent> {
    const facts = { env_name: null, harness_session: null, ancestors: [], worktree: null, project: null };
    const { agent } = await this.identify({ ...facts, as: address }, options);
    return agent;
  }

  /**
   * Registers an identity, or takes a known one up again, with the session that this process runs in.
   * @throws LaliaError `session_conflict` when it is live elsewhere, `pid_conflict` when this harness process holds
   *   another one, `key_missing` when the name is known and its key is gone, `name_reserved`, `invalid_params`.
   */
  async register(options: RegisterOptions = {}): Promise<RegisteredAgent> {
    const { result, privateKey }: Registered = await register(
      { link: this.#link, clock: this.#clock, keystore: this.#keystore },
      options,
    );
    const key = privateKey === undefined ? await this.#loadKey(result.agent) : privateKeyObject(privateKey);
    const agent = this.#agentOf(result.agent, key);
    return { agent, created: result.created, leaseUntil: result.lease_until };
  }

  /** Ends the connection. What was handed out and not acknowledged is unread again; waiting calls reject. */
  close(): Promise<void> {
    return this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #agentOf(info: Agent['info'], key: KeyObject): Agent {
    const parts = { link: this.#link, clock: this.#clock };
    const caller = new SignedCaller(parts, { agentId: info.agent_id, key });
    return new Agent({ ...parts, caller, newId: this.#newId }, info);
  }

  async #loadKey({ agent_id, name }: { agent_id: string; name: string }): Promise<KeyObject> {
    const raw = await this.#keystore.read(agent_id);
    if (raw !== undefined) return privateKeyObject(raw);
    throw fail('key_missing', `There is no private key for ${name} in ${this.paths.keys}.`, {
      context: { agent_id, keys: this.paths.keys },
    });
  }
}
