import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { signedContentOf } from './message.ts';
import {
  generateKeyPair,
  privateKeyObject,
  publicKeyObject,
  rawPublicKey,
  signRequest,
  verifyRequest,
} from './node-signing.ts';
import { publicKeyOf, signPortably, verifyPortably } from './portable-signing.ts';
import { type SignedContent, signingText } from './signed-content.ts';

const AGENT = '01K0M3YRE2T9FXB4C8G5HD7JKA';
const OTHER = '01K0M3YSVN6P1QW3ZR8MTE0XBD';
const ID = '01K0M3Z9GD8VN5QW2R7XTBCAEF';
const auth = { agent_id: AGENT, ts: 1_752_999_999_123, nonce: '8Zt2mJq0yVd4sXwB6uLkCg' };
const content: SignedContent = { method: 'tell', params: { to: OTHER, id: ID, body: 'Hé 😀\n', auth } };

const { privateKey, publicKey } = generateKeyPair();
const key = privateKeyObject(privateKey);
const sig = signRequest(content, key);

const implementations = {
  node: (what: SignedContent, signature: string, raw = publicKey) =>
    Promise.resolve(verifyRequest(what, signature, publicKeyObject(raw))),
  noble: (what: SignedContent, signature: string, raw = publicKey) => verifyPortably(what, signature, raw),
};

test('what is signed is the canonical form of method and params, without the signature', () => {
  const expected =
    `{"method":"tell","params":{"auth":{"agent_id":"${AGENT}","nonce":"8Zt2mJq0yVd4sXwB6uLkCg","ts":1752999999123},` +
    `"body":"Hé 😀\\n","id":"${ID}","to":"${OTHER}"}}`;
  expect(signingText(content)).toBe(expected);
  expect(
    signingText({ ...content, params: { ...content.params, auth: { ...auth, sig } as typeof auth } }),
  ).toBe(expected);
});

test('both implementations make the same keys and the same signatures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.dictionary(fc.string(), fc.jsonValue({ stringUnit: 'binary' })),
      async (seed, params) => {
        const what = { method: 'tell', params: { ...params, auth } };
        const signature = signRequest(what, privateKeyObject(seed));
        expect(await signPortably(what, seed)).toBe(signature);
        expect(await publicKeyOf(seed)).toEqual(new Uint8Array(rawPublicKey(privateKeyObject(seed))));
        expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
      },
    ),
    { numRuns: 25 },
  );
});

test('a key of another length than 32 bytes is refused', () => {
  for (const length of [0, 31, 33, 64]) {
    expect(() => privateKeyObject(new Uint8Array(length))).toThrow('32 bytes');
    expect(() => publicKeyObject(new Uint8Array(length))).toThrow('32 bytes');
  }
});

test('the signature of a message in the transcript is that of the request that sent it', () => {
  const base = {
    id: ID,
    seq: 7,
    prev: OTHER,
    from: 'alice',
    from_id: AGENT,
    ts: auth.ts,
    nonce: auth.nonce,
    body: 'x',
  };
  const flags = { reply_to: OTHER, needs_answer: true, status: true } as const;
  const none = { reply_to: undefined, needs_answer: false, status: false };
  expect(signedContentOf({ kind: 'tell', ...base, ...none, sig, to: 'bob', to_id: OTHER })).toEqual({
    method: 'tell',
    params: { to: OTHER, id: ID, body: 'x', auth },
  });
  expect(signedContentOf({ kind: 'post', ...base, ...flags, sig, room: 'auth', room_id: OTHER })).toEqual({
    method: 'post',
    params: { room: OTHER, id: ID, body: 'x', ...flags, auth },
  });
});

/** Alterations of the request, each of which has to break its signature. */
const altered: [string, SignedContent][] = [
  ['method', { ...content, method: 'post' }],
  ['target', withParams({ to: AGENT })],
  ['id', withParams({ id: OTHER })],
  ['body', withParams({ body: 'Hé 😀' })],
  ['body in another Unicode normal form', withParams({ body: 'He\u0301 😀\n' })],
  ['flags', withParams({ needs_answer: true })],
  ['caller', withAuth({ agent_id: OTHER })],
  ['nonce', withAuth({ nonce: '8Zt2mJq0yVd4sXwB6uLkCh' })],
  ['ts', withAuth({ ts: auth.ts + 1 })],
  ['ts as a text', withAuth({ ts: String(auth.ts) as unknown as number })],
  ['body, to one that nobody can sign', withParams({ body: '\ud800' })],
];

/** Other spellings and other bytes of a signature, each of which has to be refused. */
const misspelled: [string, string][] = [
  ['padded', `${sig}==`],
  ['in the alphabet of plain base64', swapAlphabet(sig)],
  ['in upper case', sig.toUpperCase()],
  ['with a blank', ` ${sig}`],
  ['with a line end', `${sig}\n`],
  ['with stray bits at its end', strayBits(sig)],
  ['one byte short', toBase64Url(fromBase64Url(sig).subarray(1))],
  ['one byte long', toBase64Url(Uint8Array.of(...fromBase64Url(sig), 0))],
  ['in hexadecimal', Buffer.from(sig, 'base64url').toString('hex')],
  [
    'with one bit turned',
    toBase64Url(fromBase64Url(sig).map((byte, index) => (index === 40 ? byte ^ 1 : byte))),
  ],
  ['with the group order added to its scalar', malleable(sig)],
  ['of zeros', toBase64Url(new Uint8Array(64))],
  ['that is empty', ''],
];

describe.each(Object.entries(implementations))('%s', (_, verify) => {
  test('accepts the signature of the content and key', async () => {
    expect(await verify(content, sig)).toBe(true);
  });

  test.each(altered)('refuses another %s', async (_name, what) => {
    expect(await verify(what, sig)).toBe(false);
  });

  test.each(misspelled)('refuses a signature %s', async (_name, signature) => {
    expect(await verify(content, signature)).toBe(false);
  });

  test('refuses the signature of another key', async () => {
    expect(await verify(content, sig, generateKeyPair().publicKey)).toBe(false);
  });
});

test('base64url has one spelling for every value, and refuses all others', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = toBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64Url(text)).toEqual(bytes);
    }),
  );
  expect(toBase64Url(new Uint8Array(300_000))).toHaveLength(400_000);
  for (const text of ['A', 'AA==', 'AB', '+/8', 'A A', 'é', 'AAA\n'])
    expect(() => fromBase64Url(text)).toThrow(SyntaxError);
});

function withParams(changes: Record<string, unknown>): SignedContent {
  return { ...content, params: { ...content.params, ...changes } };
}

function withAuth(changes: Partial<typeof auth>): SignedContent {
  return { ...content, params: { ...content.params, auth: { ...auth, ...changes } } };
}

/** The same bytes with `+` and `/`; where the signature happens to have neither, one that does. */
function swapAlphabet(signature: string): string {
  const plain = signature.replaceAll('-', '+').replaceAll('_', '/');
  return plain === signature ? `+${signature.slice(1)}` : plain;
}

/** The same 64 bytes: the last character of 86 has four bits that mean nothing. */
function strayBits(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return signature.slice(0, -1) + (alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? 'B');
}

/** The same equation modulo the order of the group (RFC 8032, section 8.4). */
function malleable(signature: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = fromBase64Url(signature);
  const scalar = BigInt(`0x${Buffer.from(bytes.slice(32)).reverse().toString('hex')}`) + order;
  const high = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  return toBase64Url(Uint8Array.of(...bytes.slice(0, 32), ...high));
}
