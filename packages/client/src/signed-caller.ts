/** One agent's requests: signed with its key, each with its own time and nonce. */
import { type KeyObject, randomBytes } from 'node:crypto';
import {
  type Auth,
  isLaliaError,
  type Params,
  type Result,
  type SignedMethod,
  signRequest,
  type Ulid,
} from '@lalia/protocol';
import type { Clock } from './clock.ts';
import type { LinkRequest } from './link.ts';

export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The params of an operation without the signature, which is added to them. */
export type UnsignedParams<M extends SignedMethod> = Omit<Params<M>, 'auth'>;

/** Who signs. */
export interface SigningIdentity {
  readonly agentId: Ulid;
  readonly key: KeyObject;
}

interface RequestCallOptions extends CallOptions {
  readonly autostart?: boolean | undefined;
  readonly onLate?: ((result: unknown) => void) | undefined;
  readonly waits?: boolean | undefined;
}

/** The params of a call; those of a function are made anew for each attempt. */
export type ParamsSource<M extends SignedMethod> = UnsignedParams<M> | (() => UnsignedParams<M>);

/** What carries a request to the daemon: a link, or one connection. */
export interface Requester {
  request(request: LinkRequest): Promise<unknown>;
}

export class SignedCaller {
  readonly #link: Requester;
  readonly #clock: Clock;
  readonly #identity: SigningIdentity;

  constructor({ link, clock }: { link: Requester; clock: Clock }, identity: SigningIdentity) {
    this.#link = link;
    this.#clock = clock;
    this.#identity = identity;
  }

  /** The id that requests are signed for. */
  get agentId(): Ulid {
    return this.#identity.agentId;
  }

  /** Adds the signature to the params of a request, which is not sent. */
  sign<P extends object>(method: SignedMethod, params: P): P & { readonly auth: Auth } {
    return signedParams({ method, params }, this.#identity, this.#clock.nowMs());
  }

  /** Signs a request, sends it, and returns its result. One that is found stale on arrival is signed anew, once. */
  async call<M extends SignedMethod>(
    method: M,
    params: ParamsSource<M>,
    options: RequestCallOptions = {},
  ): Promise<Result<M>> {
    const made = typeof params === 'function' ? params : () => params;
    const request = { ...options, method, params: () => this.sign(method, made()) };
    try {
      return (await this.#link.request(request)) as Result<M>;
    } catch (error) {
      // The process may have been suspended between signing and sending.
      if (!isLaliaError(error) || error.reason !== 'stale_timestamp') throw error;
      return (await this.#link.request(request)) as Result<M>;
    }
  }
}

/**
 * Adds `auth` to the params of a request.
 * @param nowMs when it is signed, in milliseconds since 1970.
 */
export function signedParams<P extends object>(
  { method, params }: { readonly method: string; readonly params: P },
  { agentId, key }: SigningIdentity,
  nowMs: number,
): P & { readonly auth: Auth } {
  const auth = { agent_id: agentId, ts: nowMs, nonce: newNonce(nowMs) };
  const sig = signRequest({ method, params: { ...params, auth } }, key);
  return { ...params, auth: { ...auth, sig } };
}

/** The time comes first: the daemon keeps nonces in order, so that new ones share a page of its database. */
function newNonce(nowMs: number): string {
  return `${nowMs.toString(36)}.${randomBytes(12).toString('base64url')}`;
}
