/** Ed25519 on Node's own crypto, for the hot path of daemon and clients: the same bytes as `portable-signing.ts`, faster. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import { type SignedContent, signingText } from './signed-content.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The DER header before a raw 32-byte key (RFC 8410): private keys as PKCS #8, public keys as SPKI. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

/** A new key pair, both halves as 32 raw bytes. */
export function generateKeyPair(): { readonly privateKey: Uint8Array; readonly publicKey: Uint8Array } {
  const pair = generateKeyPairSync('ed25519');
  return {
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES),
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES),
  };
}

/** Makes 32 raw bytes into a key that can sign. @throws RangeError for another length. */
export function privateKeyObject(raw: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEADER, checkLength(raw)]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** Makes 32 raw bytes into a key that can verify. @throws RangeError for another length. */
export function publicKeyObject(raw: Uint8Array): KeyObject {
  return createPublicKey({
    key: Buffer.concat([SPKI_HEADER, checkLength(raw)]),
    format: 'der',
    type: 'spki',
  });
}

/** The 32 raw bytes of the public half. */
export function rawPublicKey(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

/** Signs a request. @returns the signature in base64url. */
export function signRequest(content: SignedContent, key: KeyObject): string {
  return nodeSign(null, Buffer.from(signingText(content)), key).toString('base64url');
}

/** Whether `sig` (base64url) is this content's signature. False, never an error, for bad input. */
export function verifyRequest(content: SignedContent, sig: string, key: KeyObject): boolean {
  const signature = Buffer.from(sig, 'base64url');
  // Node's decoder skips what is not base64url; a signature has one spelling only.
  if (signature.length !== SIGNATURE_BYTES || signature.toString('base64url') !== sig) return false;
  try {
    return nodeVerify(null, Buffer.from(signingText(content)), key, signature);
  } catch {
    // Content without a canonical form (a lone surrogate) can have been signed by nobody.
    return false;
  }
}

function checkLength(raw: Uint8Array): Uint8Array {
  if (raw.length !== KEY_BYTES)
    throw new RangeError(`An Ed25519 key has ${String(KEY_BYTES)} bytes, not ${String(raw.length)}.`);
  return raw;
}
