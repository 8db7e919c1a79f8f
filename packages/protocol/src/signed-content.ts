/** What an authenticated request signs (spec 11): `{method, params}` in canonical form, so that nothing in it can be swapped. */
import { canonicalJson } from './canonical.ts';
import type { Ulid } from './ids.ts';

/** What `params.auth` holds in an authenticated request. */
export interface Auth {
  readonly agent_id: Ulid;
  /** When it was signed, in milliseconds since 1970. */
  readonly ts: number;
  /** Any text of 16 to 64 characters that this agent has not used before. */
  readonly nonce: string;
  /** Base64url without padding, of 64 bytes. */
  readonly sig: string;
}

export type UnsignedAuth = Omit<Auth, 'sig'>;

/** A request as it is signed: everything but the signature itself. */
export interface SignedContent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> & { readonly auth: UnsignedAuth };
}

/**
 * The exact text that is signed: `{method, params}` in canonical form, with `params.auth.sig` left out if it is there.
 * @throws TypeError when the params have no canonical form.
 */
export function signingText({ method, params }: SignedContent): string {
  const { agent_id, ts, nonce } = params.auth;
  return canonicalJson({ method, params: { ...params, auth: { agent_id, ts, nonce } } });
}
