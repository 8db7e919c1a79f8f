import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENT, filledIn } from '../scripts/make-protocol-doc.ts';
import { schemaFiles } from '../scripts/make-schemas.ts';
import { ERRORS, limits } from '../src/index.ts';
import { OPERATIONS } from '../src/operations/index.ts';

const document = readFileSync(DOCUMENT, 'utf8');

test('docs/protocol.md says what the definitions say (else: cd packages/protocol && npm run generate)', () => {
  expect(document).toBe(filledIn(document));
});

test('what the prose names in code is a name of the protocol', () => {
  const prose = document.replace(/<!-- generated: .*?<!-- end -->/gs, '');
  const names = [...prose.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name);
  const fields = [...schemaFiles().values()].flatMap((text) => text.match(/[a-z]+(_[a-z]+)+/g) ?? []);
  const known = new Set([...Object.keys(ERRORS), ...Object.keys(OPERATIONS), ...fields]);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test('the numbers in the prose are those of the limits', () => {
  const facts: [string, number][] = [
    ['at most 103 bytes', limits.MAX_SOCKET_PATH_BYTES],
    ['at most 4 MiB', limits.MAX_LINE_BYTES / 1024 / 1024],
    ['Over 1,024 of them', limits.MAX_IN_FLIGHT],
    ['while 8 MiB of answers', limits.MAX_UNSENT_BYTES / 1024 / 1024],
    ['more than 5 minutes', limits.REQUEST_WINDOW_MS / 60_000],
    ['1 byte to 1 MiB', limits.MAX_BODY_BYTES / 1024 / 1024],
    ['more than 4,128,768', limits.MAX_ENCODED_BODY_BYTES],
    ['overflowed (64 messages)', limits.MAX_ROOM_UNREAD],
  ];
  for (const [fact, value] of facts) {
    expect(document).toContain(fact);
    expect(fact.replaceAll(',', '')).toContain(String(value));
  }
});
