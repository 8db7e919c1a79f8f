/**
 * Ed25519 (RFC 8032) on @noble/ed25519: for embedders without Node's crypto, and the reference that tests compare with.
 * Node's own, ten times faster, is in `node-signing.ts`; the test vectors in `vectors/` hold both to the same bytes.
 */
import { getPublicKeyAsync, signAsync, verifyAsync } from '@noble/ed25519';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { type SignedContent, signingText } from './signed-content.ts';

/** RFC 8032's own rules, as Node has them; the library's default accepts more (ZIP 215). */
const STRICT = { zip215: false };

/** Signs a request with a 32-byte private key (the seed of RFC 8032). @returns the signature in base64url. */
export async function signPortably(content: SignedContent, privateKey: Uint8Array): Promise<string> {
  return toBase64Url(await signAsync(new TextEncoder().encode(signingText(content)), privateKey));
}

/** Whether `sig` (base64url) is this content's signature by the holder of a 32-byte public key. Never throws for bad input. */
export async function verifyPortably(
  content: SignedContent,
  sig: string,
  publicKey: Uint8Array,
): Promise<boolean> {
  try {
    const text = new TextEncoder().encode(signingText(content));
    return await verifyAsync(fromBase64Url(sig), text, publicKey, STRICT);
  } catch {
    // A signature or key of the wrong length, or content without a canonical form, is simply not valid.
    return false;
  }
}

/** The public key that belongs to a private one. */
export async function publicKeyOf(privateKey: Uint8Array): Promise<Uint8Array> {
  return getPublicKeyAsync(privateKey);
}
