import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLine, LineDecoder, utf8Bytes } from './framing.ts';
import { MAX_LINE_BYTES } from './limits.ts';

const encoder = new TextEncoder();

function decode(chunks: readonly Uint8Array[], maxBytes?: number): string[] {
  const decoder = new LineDecoder(maxBytes);
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

/** Cuts bytes at the given places, taken modulo their length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));

test('however the bytes are cut into chunks, the same lines come out', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(), { maxLength: 20 }), (lines, places) => {
      const bytes = encoder.encode(lines.map((text) => `${text}\n`).join(''));
      expect(decode(cut(bytes, places))).toEqual(lines);
      expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(lines);
    }),
  );
});

test('a chunk may be overwritten once it was taken', () => {
  const decoder = new LineDecoder();
  const chunk = Buffer.from('beginning ');
  expect([...decoder.push(chunk)]).toEqual([]);
  chunk.fill('x');
  expect([...decoder.push(Buffer.from('end\n'))]).toEqual(['beginning end']);
});

test('a character of several bytes survives being split over chunks', () => {
  const bytes = encoder.encode('€😀\n');
  for (let place = 1; place < bytes.length; place += 1) expect(decode(cut(bytes, [place]))).toEqual(['€😀']);
});

test('a byte order mark is kept', () => {
  expect(decode([encoder.encode('\ufeffa\n\ufeffb\n')])).toEqual(['\ufeffa', '\ufeffb']);
});

test('empty lines are skipped and a line without its newline is not yet one', () => {
  const decoder = new LineDecoder();
  expect([...decoder.push(encoder.encode('\n\na\n\nb'))]).toEqual(['a']);
  expect(decoder.pendingBytes).toBe(1);
  expect([...decoder.push(encoder.encode('\n'))]).toEqual(['b']);
  expect(decoder.pendingBytes).toBe(0);
});

test.each([
  ['in one chunk', (bytes: Uint8Array) => [bytes]],
  ['in two', (bytes: Uint8Array) => cut(bytes, [3])],
  ['byte by byte', (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))],
])('a line of exactly the limit passes and one byte more does not, %s', (_, chunked) => {
  expect(decode(chunked(encoder.encode(`${'a'.repeat(8)}\n`)), 8)).toEqual(['a'.repeat(8)]);
  expect(() => decode(chunked(encoder.encode(`${'a'.repeat(9)}\n`)), 8)).toThrow('longer than 8 bytes');
});

test('a line over the limit is refused before its newline comes, and the decoder stays refusing', () => {
  const decoder = new LineDecoder(8);
  expect(() => [...decoder.push(encoder.encode('123456789'))]).toThrow('longer than 8 bytes');
  expect(() => [...decoder.push(encoder.encode('\n'))]).toThrow('longer than 8 bytes');
});

test('lines before an over-long one are still handed out', () => {
  const decoder = new LineDecoder(8);
  const lines: string[] = [];
  expect(() => {
    for (const text of decoder.push(encoder.encode('one\ntwo\n123456789'))) lines.push(text);
  }).toThrow('longer than 8 bytes');
  expect(lines).toEqual(['one', 'two']);
});

test('a line that comes a byte at a time takes memory in proportion to the line, not to its pieces', () => {
  const bytes = 2 * 1024 * 1024;
  const decoder = new LineDecoder();
  const one = Uint8Array.of(0x61);
  const before = usedMemory();
  for (let i = 0; i < bytes; i += 1) decoder.push(one).next();
  expect(decoder.pendingBytes).toBe(bytes);
  // A piece kept for each byte takes 265 times as much as the line; garbage that waits for its collector some 30 times.
  expect(usedMemory() - before).toBeLessThan(100 * bytes);
});

function usedMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test.each([
  ['a byte that never occurs', [0xff]],
  ['a character cut off', [0xe2, 0x82]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a code point over U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
])('a line with %s is refused as not UTF-8', (_, bytes) => {
  expect(() => decode([Uint8Array.from([...bytes, 0x0a])])).toThrow('not valid UTF-8');
});

test('utf8Bytes counts what an encoder writes, lone surrogates included', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      (text) => {
        expect(utf8Bytes(text)).toBe(encoder.encode(text).length);
      },
    ),
    { numRuns: 1000 },
  );
  for (const text of [
    '',
    '\0',
    '\x7f\x80',
    '\u07ff\u0800',
    '\ud83d',
    '\ud83d\ud83d\ude00',
    '\ude00\ud83d',
    '\uffff',
  ])
    expect(utf8Bytes(text)).toBe(encoder.encode(text).length);
});

test('an encoded line holds one newline, at its end, and reads back as the same value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
      const text = encodeLine(value);
      expect(text.indexOf('\n')).toBe(text.length - 1);
      const [decoded = ''] = decode([encoder.encode(text)]);
      expect(JSON.parse(decoded)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a line of exactly the limit is encoded and one byte more is message_too_large', () => {
  const room = MAX_LINE_BYTES - '{"a":""}'.length;
  for (const [character, bytes] of [
    ['a', 1],
    ['é', 2],
    ['€', 3],
  ] as const) {
    const count = Math.floor(room / bytes);
    const rest = 'a'.repeat(room - count * bytes);
    const text = encodeLine({ a: character.repeat(count) + rest });
    expect(Buffer.byteLength(text)).toBe(MAX_LINE_BYTES + 1);
    expect(decode([encoder.encode(text)])).toHaveLength(1);
    expect(() => encodeLine({ a: `${character.repeat(count)}${rest}a` })).toThrow('more than 4194304 bytes');
  }
});
