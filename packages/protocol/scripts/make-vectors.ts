/**
 * Makes `vectors/`: what an implementation in any language has to reproduce, byte for byte. Everything here is fixed,
 * the keys too, so that a second run writes the same files; a difference is a change of the protocol and needs a new
 * major version. The files say what they mean; `vectors/README.md` says how to use them.
 *
 *     node packages/protocol/scripts/make-vectors.ts
 */
import { sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toBase64Url } from '../src/base64url.ts';
import { canonicalJson } from '../src/canonical.ts';
import { type Message, signedContentOf } from '../src/message.ts';
import { privateKeyObject, rawPublicKey, signRequest } from '../src/node-signing.ts';
import { pathsOf } from '../src/paths.ts';
import { type SignedContent, signingText, type UnsignedAuth } from '../src/signed-content.ts';
import { formatMessage, messagePath } from '../src/transcript.ts';

const ALICE = { id: '01K0M3YRE2T9FXB4C8G5HD7JKA', name: 'alice', privateKey: seed(1) };
const BOB = { id: '01K0M3YSVN6P1QW3ZR8MTE0XBD', name: 'bob', privateKey: seed(2) };
const ROOM = { id: '01K0M3YTQ4A7C9E2G5J8MNPRSV', name: 'feat-auth' };
const FIRST = '01K0M3Z8QH4S6JYKZ1PVNM0D9C';
const SECOND = '01K0M3Z9GD8VN5QW2R7XTBCAEF';
const THIRD = '01K0M3ZA2P0R6T8W1Y4B7D9FHK';
const TS = 1_752_999_999_123;
const NONCE = '8Zt2mJq0yVd4sXwB6uLkCg';

const AUTH: UnsignedAuth = { agent_id: ALICE.id, ts: TS, nonce: NONCE };
const TELL: SignedContent = {
  method: 'tell',
  params: { to: BOB.id, id: FIRST, body: 'Tests are green. Hé, 😀!\n', auth: AUTH },
};

/** The files of `vectors/`, by name. */
export function vectorFiles(): Map<string, string> {
  const files = {
    'signed-requests.json': { keys: keys(), valid: validRequests(), invalid: invalidRequests() },
    'canonical-json.json': { valid: canonicalForms(), invalid: withoutCanonicalForm() },
    'message-files.json': { keys: keys(), valid: messageFiles(), invalid: damagedFiles() },
    'socket-paths.json': { valid: socketPaths() },
  };
  return new Map(Object.entries(files).map(([name, value]) => [name, `${JSON.stringify(value, null, 2)}\n`]));
}

function keys() {
  return [ALICE, BOB].map(({ id, name, privateKey }) => ({
    agent_id: id,
    name,
    private_key: toBase64Url(privateKey),
    public_key: toBase64Url(rawPublicKey(privateKeyObject(privateKey))),
  }));
}

interface RequestVector {
  readonly why: string;
  /** As it goes over the wire, `auth.sig` included. */
  readonly request: { readonly method: string; readonly params: unknown };
}

function validRequests(): (RequestVector & { signing_text: string })[] {
  const cases: [string, SignedContent][] = [
    ['A message to another agent, with characters of two and four bytes and a final newline.', TELL],
    ['A request whose params are nothing but its signature.', { method: 'renew', params: { auth: AUTH } }],
    [
      'A message to a room that answers another and waits for an answer: flags that are on are in the request.',
      {
        method: 'post',
        params: { room: ROOM.id, id: SECOND, body: 'Who?', reply_to: FIRST, needs_answer: true, auth: AUTH },
      },
    ],
    [
      'Characters that JSON escapes, and those that it must not: / < U+007F U+2028.',
      withParams({ body: '\u0001\b\t\n\f\r"\\/<\u007f\u2028\uffff' }),
    ],
    ['A body in decomposed form stays as it is: no Unicode normalisation.', withParams({ body: 'He\u0301' })],
    ['A body that begins with a byte order mark keeps it.', withParams({ body: '\ufeffa' })],
    [
      'Nested params are ordered at every depth; the order on the wire does not matter.',
      {
        method: 'read',
        params: { timeout_ms: 0, source: { kind: 'channel', agent_id: BOB.id }, max: 10, auth: AUTH },
      },
    ],
    ['The longest nonce.', { ...TELL, params: { ...TELL.params, auth: { ...AUTH, nonce: 'n'.repeat(64) } } }],
  ];
  return cases.map(([why, content]) => ({
    why,
    request: signed(content),
    signing_text: signingText(content),
  }));
}

function invalidRequests(): RequestVector[] {
  const { params } = signed(TELL);
  const altered = (why: string, changes: object): RequestVector => ({
    why,
    request: { method: TELL.method, params: { ...params, ...changes } },
  });
  const respelled = (why: string, sig: string) => altered(why, { auth: { ...params.auth, sig } });
  const sig = params.auth.sig;
  return [
    { why: 'Another method than was signed.', request: { method: 'post', params } },
    altered('Another target.', { to: ALICE.id }),
    altered('Another message id.', { id: SECOND }),
    altered('Another body.', { body: 'Tests are red. Hé, 😀!\n' }),
    altered('The body without its final newline.', { body: 'Tests are green. Hé, 😀!' }),
    altered('The body in another Unicode normal form.', { body: 'Tests are green. He\u0301, 😀!\n' }),
    altered('A flag added.', { status: true }),
    altered('Another caller, whose key did not sign it.', { auth: { ...params.auth, agent_id: BOB.id } }),
    altered('Another ts.', { auth: { ...params.auth, ts: TS + 1 } }),
    altered('Another nonce.', { auth: { ...params.auth, nonce: '8Zt2mJq0yVd4sXwB6uLkCh' } }),
    { why: 'Signed with the key of another agent.', request: signed(TELL, BOB.privateKey) },
    {
      why: 'Signed as insertion-ordered JSON instead of the canonical form.',
      request: {
        method: 'tell',
        params: { ...params, auth: { ...AUTH, sig: signText(JSON.stringify(TELL)) } },
      },
    },
    {
      why: 'Signed over the params alone.',
      request: {
        method: 'tell',
        params: { ...params, auth: { ...AUTH, sig: signText(canonicalJson(TELL.params)) } },
      },
    },
    {
      why: 'Signed over JSON with every character beyond ASCII escaped.',
      request: {
        method: 'tell',
        params: { ...params, auth: { ...AUTH, sig: signText(asciiOnly(signingText(TELL))) } },
      },
    },
    respelled('A signature with padding.', `${sig}==`),
    respelled('A signature in the alphabet of plain base64.', sig.replaceAll('-', '+').replaceAll('_', '/')),
    respelled('A signature in hexadecimal.', Buffer.from(sig, 'base64url').toString('hex')),
    respelled('A signature in upper case.', sig.toUpperCase()),
    respelled('A signature whose last character has bits that mean nothing.', strayBits(sig)),
    respelled(
      'The scalar plus the order of the group: the same equation, another spelling (RFC 8032, 8.4).',
      malleable(sig),
    ),
    respelled('A signature of zeros.', toBase64Url(new Uint8Array(64))),
    respelled('A signature that is one byte short.', toBase64Url(Buffer.from(sig, 'base64url').subarray(1))),
  ];
}

/** The texts of JSON and their canonical forms. The inputs are texts because a parser may lose what matters. */
function canonicalForms() {
  const cases: [string, string][] = [
    ['Keys are ordered, blanks are dropped.', '{ "b" : [ 1 , 2 ] , "a" : { "d" : null , "c" : true } }'],
    [
      'RFC 8785, section 3.2.2.',
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        String.raw`"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    ],
    [
      'RFC 8785, section 3.2.3: keys by UTF-16 code units, so U+1F600 comes before U+FB33.',
      String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",` +
        String.raw`"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
    ],
    [
      'Numbers are written as ECMAScript writes them.',
      '[-0, 1.0, 1e21, 1e-7, 100000000000000000000, 9007199254740991]',
    ],
    [
      'Only what has to be escaped is, in its short form where there is one.',
      String.raw`"\u0008\u000b\u001F\u007f\/\u2028\u00e9"`,
    ],
    ['Empty containers and the empty key.', '{"":{},"a":[]}'],
    ['Text is not normalised.', String.raw`["\u00e9","e\u0301"]`],
  ];
  return cases.map(([why, json]) => ({ why, json, canonical: canonicalJson(JSON.parse(json)) }));
}

function withoutCanonicalForm() {
  return [
    { why: 'A lone high surrogate.', json: String.raw`{"a":"\ud800"}` },
    { why: 'A lone low surrogate in a key.', json: String.raw`{"\udc00":1}` },
    { why: 'A surrogate pair the wrong way round.', json: String.raw`["\ude00\ud83d"]` },
    { why: 'A number that no double holds.', json: '[1e400]' },
  ];
}

const CHANNEL_MESSAGE = signedMessage({
  kind: 'tell',
  id: FIRST,
  seq: 1,
  prev: undefined,
  to: BOB.name,
  to_id: BOB.id,
  reply_to: undefined,
  needs_answer: false,
  status: false,
  body: 'Tests are green. Hé, 😀!\n',
});

function messageFiles() {
  const cases: [string, Message][] = [
    ['The first message of a channel.', CHANNEL_MESSAGE],
    [
      'Every optional line, and a body without a final newline.',
      signedMessage({
        ...CHANNEL_MESSAGE,
        id: SECOND,
        seq: 2,
        prev: FIRST,
        reply_to: FIRST,
        needs_answer: true,
        status: true,
        body: 'x',
      }),
    ],
    [
      'A message to a room, from the thousandth on in a folder of a thousand.',
      signedMessage({
        kind: 'post',
        id: THIRD,
        seq: 1000,
        prev: SECOND,
        room: ROOM.name,
        room_id: ROOM.id,
        reply_to: undefined,
        needs_answer: false,
        status: false,
        body: 'To all.\n',
      }),
    ],
    [
      'A body that looks like front matter.',
      signedMessage({ ...CHANNEL_MESSAGE, body: '---\nlalia: 1\nseq: 99\n---\n\nNot another message.\n' }),
    ],
    ['A body that begins with empty lines.', signedMessage({ ...CHANNEL_MESSAGE, body: '\n\n---\n\n' })],
    [
      'Windows line ends and a byte order mark, kept.',
      signedMessage({ ...CHANNEL_MESSAGE, body: '\ufeffa\r\nb\r\n' }),
    ],
  ];
  return cases.map(([why, message]) => ({
    why,
    path: messagePath(message.seq, message.from),
    text: formatMessage(message),
    message,
    request: { method: message.kind, params: withSignature(signedContentOf(message), message.sig) },
  }));
}

function damagedFiles() {
  const text = formatMessage(CHANNEL_MESSAGE);
  const edited = (why: string, from: string, to: string) => ({ why, text: text.replace(from, to) });
  return [
    edited('No front matter.', '---\n', ''),
    edited('A byte order mark before the front matter.', '---\n', '\ufeff---\n'),
    edited('Windows line ends in the front matter.', 'seq: 1\n', 'seq: 1\r\n'),
    edited('A line twice.', 'seq: 1\n', 'seq: 1\nseq: 1\n'),
    edited('An unknown line.', 'seq: 1\n', 'seq: 1\nmood: good\n'),
    edited('A line missing.', `from_id: ${ALICE.id}\n`, ''),
    edited('Lines in another order.', `lalia: 1\nid: ${FIRST}\n`, `id: ${FIRST}\nlalia: 1\n`),
    edited('A number in another spelling.', 'seq: 1\n', 'seq: 01\n'),
    edited('A time that differs from ts.', '.123Z', '.124Z'),
    edited('A flag that is written though it is off.', 'nonce:', 'status: false\nnonce:'),
    edited('A name that is none.', 'from: alice', 'from: ../alice'),
    edited('The format of another version.', 'lalia: 1\n', 'lalia: 2\n'),
    edited('No empty line before the body.', '---\n\n', '---\n'),
  ];
}

function socketPaths() {
  const homes: [string, string][] = [
    ['The usual home.', '/home/ada/.lalia'],
    ['The longest home whose socket lies in it: 103 bytes.', `/home/ada/${'h'.repeat(88)}`],
    ['One byte more falls back to a name made from the home.', `/home/ada/${'h'.repeat(89)}`],
    ['Bytes count, not characters.', `/home/ada/${'é'.repeat(50)}`],
  ];
  return homes.map(([why, home]) => ({
    why,
    home,
    uid: 1000,
    socket: pathsOf({ env: { LALIA_HOME: home }, homedir: '/home/ada', uid: 1000 }).socket,
  }));
}

function seed(first: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => first * 32 + index);
}

function withParams(changes: Record<string, unknown>): SignedContent {
  return { ...TELL, params: { ...TELL.params, ...changes } };
}

function signed(content: SignedContent, privateKey = ALICE.privateKey) {
  const sig = signRequest(content, privateKeyObject(privateKey));
  return { method: content.method, params: withSignature(content, sig) };
}

function withSignature({ params }: SignedContent, sig: string) {
  return { ...params, auth: { ...params.auth, sig } };
}

type Unsigned<M> = M extends Message ? Omit<M, 'from' | 'from_id' | 'ts' | 'nonce' | 'sig'> : never;

function signedMessage(fields: Unsigned<Message>): Message {
  const message = {
    ...fields,
    from: ALICE.name,
    from_id: ALICE.id,
    ts: TS,
    nonce: NONCE,
    sig: '',
  } as Message;
  return { ...message, sig: signRequest(signedContentOf(message), privateKeyObject(ALICE.privateKey)) };
}

/** The signature of any text: what a client with a mistake in it would send. */
function signText(text: string): string {
  return sign(null, Buffer.from(text), privateKeyObject(ALICE.privateKey)).toString('base64url');
}

function asciiOnly(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same 64 bytes: four of the bits of the last of 86 characters are not used. */
function strayBits(sig: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return sig.slice(0, -1) + alphabet.charAt(alphabet.indexOf(sig.slice(-1)) + 1);
}

function malleable(sig: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = Buffer.from(sig, 'base64url');
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
  const high = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([bytes.subarray(0, 32), high]).toString('base64url');
}

if (process.argv[1] === import.meta.filename) {
  const folder = new URL('../vectors/', import.meta.url);
  for (const [name, text] of vectorFiles()) writeFileSync(fileURLToPath(new URL(name, folder)), text);
}
