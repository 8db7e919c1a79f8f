import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { vectorFiles } from '../scripts/make-vectors.ts';
import {
  canonicalJson,
  formatMessage,
  fromBase64Url,
  type Message,
  messagePath,
  parseMessage,
  pathsOf,
  privateKeyObject,
  publicKeyObject,
  publicKeyOf,
  rawPublicKey,
  type SignedContent,
  signedContentOf,
  signingText,
  signPortably,
  signRequest,
  toBase64Url,
  verifyPortably,
  verifyRequest,
} from '../src/index.ts';

interface SignedRequest {
  why: string;
  request: SignedContent & { params: { auth: { sig: string } } };
}

interface Key {
  agent_id: string;
  private_key: string;
  public_key: string;
}

const requests = load<{
  keys: Key[];
  valid: (SignedRequest & { signing_text: string })[];
  invalid: SignedRequest[];
}>('signed-requests.json');
const canonical = load<{
  valid: { why: string; json: string; canonical: string }[];
  invalid: { why: string; json: string }[];
}>('canonical-json.json');
const files = load<{
  keys: Key[];
  valid: { why: string; path: string; text: string; message: Message; request: SignedRequest['request'] }[];
  invalid: { why: string; text: string }[];
}>('message-files.json');
const sockets = load<{ valid: { why: string; home: string; uid: number; socket: string }[] }>(
  'socket-paths.json',
);

function load<T>(name: string): T {
  return JSON.parse(readText(name)) as T;
}

function readText(name: string): string {
  return readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
}

test('the vectors are those that the script makes', () => {
  for (const [name, text] of vectorFiles()) expect(readText(name)).toBe(text);
});

describe('signed requests', () => {
  const keyOf = ({ request }: SignedRequest): Key => {
    const key = requests.keys.find(({ agent_id }) => agent_id === request.params.auth.agent_id);
    if (key === undefined) throw new Error('The vector names an agent without a key.');
    return key;
  };

  test.each(requests.keys)('the public key of $name is that of its private key', async (key) => {
    const seed = fromBase64Url(key.private_key);
    expect(toBase64Url(rawPublicKey(privateKeyObject(seed)))).toBe(key.public_key);
    expect(toBase64Url(await publicKeyOf(seed))).toBe(key.public_key);
  });

  test.each(requests.valid)('both implementations sign and accept: $why', async (vector) => {
    const { request, signing_text: text } = vector;
    const { sig } = request.params.auth;
    const seed = fromBase64Url(keyOf(vector).private_key);
    const publicKey = fromBase64Url(keyOf(vector).public_key);
    expect(signingText(request)).toBe(text);
    expect(signRequest(request, privateKeyObject(seed))).toBe(sig);
    expect(await signPortably(request, seed)).toBe(sig);
    expect(verifyRequest(request, sig, publicKeyObject(publicKey))).toBe(true);
    expect(await verifyPortably(request, sig, publicKey)).toBe(true);
  });

  test.each(requests.invalid)('both implementations refuse: $why', async (vector) => {
    const { request } = vector;
    const { sig } = request.params.auth;
    const publicKey = fromBase64Url(keyOf(vector).public_key);
    expect(verifyRequest(request, sig, publicKeyObject(publicKey))).toBe(false);
    expect(await verifyPortably(request, sig, publicKey)).toBe(false);
  });
});

describe('canonical JSON', () => {
  test.each(canonical.valid)('$why', ({ json, canonical: expected }) => {
    expect(canonicalJson(JSON.parse(json))).toBe(expected);
    expect(canonicalize(JSON.parse(json))).toBe(expected);
  });

  test.each(canonical.invalid)('refused: $why', ({ json }) => {
    expect(() => canonicalJson(JSON.parse(json))).toThrow(TypeError);
  });
});

describe('message files', () => {
  test.each(files.valid)('$why', ({ path, text, message, request }) => {
    const parsed = parseMessage(text);
    // JSON leaves out what is undefined.
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(message);
    expect(formatMessage(parsed)).toBe(text);
    expect(messagePath(parsed.seq, parsed.from)).toBe(path);
    const { sig, ...auth } = request.params.auth;
    expect(signedContentOf(parsed)).toEqual({ ...request, params: { ...request.params, auth } });
    const sender = files.keys.find(({ agent_id }) => agent_id === parsed.from_id);
    expect(verifyRequest(request, sig, publicKeyObject(fromBase64Url(sender?.public_key ?? '')))).toBe(true);
  });

  test.each(files.invalid)('refused: $why', ({ text }) => {
    expect(() => parseMessage(text)).toThrow('not a message file');
  });
});

test.each(sockets.valid)('socket paths: $why', ({ home, uid, socket }) => {
  expect(pathsOf({ env: { LALIA_HOME: home }, homedir: '/elsewhere', uid }).socket).toBe(socket);
});
