/**
 * Registering (spec 5). A known name is registered again with its own key, so nobody takes over a name by asking; an
 * unknown one is asked for unsigned, and the daemon makes its key. Two sessions may ask for one name at the same
 * instant: the one that comes second finds the name known, and tries once more, signed.
 */

import type { Keystore } from '@lalia/keystore';
import {
  type AgentRef,
  checkName,
  fail,
  isLaliaError,
  type Params,
  privateKeyObject,
  type Reason,
  type Result,
  type Role,
  rawPublicKey,
} from '@lalia/protocol';
import { captureSession, type SessionFacts, suggestName } from './caller.ts';
import type { Clock } from './clock.ts';
import type { Link } from './link.ts';
import { type CallOptions, signedParams } from './signed-caller.ts';

export interface RegisterOptions extends CallOptions {
  /** Default: `LALIA_NAME`, else the suggested name. */
  readonly name?: string | undefined;
  /** Default: `peer` for a new identity; a known one keeps its own. */
  readonly role?: Role | undefined;
  readonly harness?: string | null | undefined;
  readonly model?: string | null | undefined;
  /** Default: the repository's; null: none. */
  readonly project?: string | null | undefined;
  /** Takes the identity from a session that is still alive. */
  readonly takeover?: boolean | undefined;
  /** Where, and in what, this session runs; default: what `captureSession` finds. */
  readonly session?: SessionFacts | undefined;
  /** 32 raw bytes, for an embedder that keeps the key itself: then nothing is written to the keystore. */
  readonly privateKey?: Uint8Array | undefined;
}

/** All that can be given, by a type that knows when one is missing here. */
const OPTIONS: Readonly<Record<keyof RegisterOptions, true>> = {
  name: true,
  role: true,
  harness: true,
  model: true,
  project: true,
  takeover: true,
  session: true,
  privateKey: true,
  signal: true,
};

/**
 * A misspelt option would register somebody else than was meant, and an identity is for long.
 * @throws LaliaError `invalid_params`.
 */
function checkOptions(options: RegisterOptions): void {
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(OPTIONS, option));
  if (unknown !== undefined) {
    throw fail('invalid_params', `register has no option "${unknown}".`, {
      context: { option: unknown },
      hint: `Its options are ${Object.keys(OPTIONS).join(', ')}.`,
    });
  }
  if (options.name !== undefined) checkName(options.name);
}

export interface Registered {
  readonly result: Result<'register'>;
  /** Where it is not in the keystore. */
  readonly privateKey: Uint8Array | undefined;
}

export interface RegisterParts {
  readonly link: Link;
  readonly clock: Clock;
  readonly keystore: Keystore;
}

/** How the daemon refuses what would have been right a moment ago. */
const CHANGED_MEANWHILE: ReadonlySet<Reason> = new Set<Reason>([
  'key_missing',
  'bad_signature',
  'not_registered',
  'agent_not_found',
  'unregistered',
  'name_taken',
  'connection_lost',
]);

/** Registers, or takes up again; tries a second time when the name became known, or unknown, in between. */
export async function register(parts: RegisterParts, options: RegisterOptions): Promise<Registered> {
  checkOptions(options);
  const params = paramsOf(options);
  const attempt = new Registration(parts, params, options);
  const known = await attempt.find();
  try {
    return await attempt.send(known);
  } catch (error) {
    if (!isLaliaError(error) || !CHANGED_MEANWHILE.has(error.reason)) throw error;
    const foundNow = await attempt.find();
    if (foundNow?.agent_id === known?.agent_id && error.reason !== 'connection_lost') throw error;
    return attempt.send(foundNow);
  }
}

type UnsignedRegister = Omit<Params<'register'>, 'auth'>;

function paramsOf(options: RegisterOptions): UnsignedRegister {
  const { role, takeover, privateKey, session = captureSession() } = options;
  const { harness = session.harness, model = session.model, project = session.project } = options;
  const name = options.name ?? session.envName ?? suggestName({ ...session, harness }, role ?? 'peer');
  return {
    name,
    project,
    harness,
    model,
    harness_session: session.harnessSession,
    anchor: session.anchor,
    location: session.location,
    ...(role === undefined ? {} : { role }),
    ...(takeover === true ? { takeover } : {}),
    ...(privateKey === undefined ? {} : { public_key: publicKeyText(privateKey) }),
  };
}

function publicKeyText(privateKey: Uint8Array): string {
  return Buffer.from(rawPublicKey(privateKeyObject(privateKey))).toString('base64url');
}

class Registration {
  readonly #parts: RegisterParts;
  readonly #params: UnsignedRegister;
  readonly #options: RegisterOptions;

  constructor(parts: RegisterParts, params: UnsignedRegister, options: RegisterOptions) {
    this.#parts = parts;
    this.#params = params;
    this.#options = options;
  }

  /**
   * The agent that has this very name in this very project. Not by address: a nickname, or the only agent of that name
   * in another project, would be found as well.
   */
  async find(): Promise<AgentRef | undefined> {
    const { agents } = (await this.#parts.link.request({
      method: 'agents',
      params: () => ({}),
      signal: this.#options.signal,
    })) as Result<'agents'>;
    const { name, project } = this.#params;
    return agents.find(
      (agent) => agent.name === name && agent.project === project && agent.unregistered_ts === null,
    );
  }

  async send(known: AgentRef | undefined): Promise<Registered> {
    const { privateKey, signal } = this.#options;
    const params = known === undefined ? () => this.#params : await this.#signedBy(known);
    const result = await this.#parts.link.request({ method: 'register', params, signal });
    return { result: result as Result<'register'>, privateKey };
  }

  async #signedBy({ agent_id, name }: AgentRef): Promise<() => object> {
    const raw = this.#options.privateKey ?? (await this.#parts.keystore.read(agent_id));
    if (raw === undefined) {
      throw fail('key_missing', `${name} is registered, and its private key is not on this machine.`, {
        context: { agent_id, name },
      });
    }
    const identity = { agentId: agent_id, key: privateKeyObject(raw) };
    return () =>
      signedParams({ method: 'register', params: this.#params }, identity, this.#parts.clock.nowMs());
  }
}
