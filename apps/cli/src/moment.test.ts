import { expect, test } from 'vitest';
import { moment, momentOrSeq } from './moment.ts';

const nowMs = Date.UTC(2026, 10, 22, 14);
const read = (text: string) => moment(text, { flag: 'since', nowMs });

test.each([
  ['30s', nowMs - 30_000],
  ['90m', nowMs - 90 * 60_000],
  ['2h', nowMs - 2 * 3_600_000],
  ['3d', nowMs - 3 * 86_400_000],
  ['1w', nowMs - 7 * 86_400_000],
  ['999999999w', 0],
  ['2026-11-20', new Date(2026, 10, 20).getTime()],
  ['2026-11-20T14:30', new Date(2026, 10, 20, 14, 30).getTime()],
  ['2026-11-20 14:30:05', new Date(2026, 10, 20, 14, 30, 5).getTime()],
  ['2026-11-20T14:30:00Z', Date.UTC(2026, 10, 20, 14, 30)],
  ['2026-11-20T14:30+02:00', Date.UTC(2026, 10, 20, 12, 30)],
])('%s is a moment', (text, ms) => {
  expect(read(text)).toBe(ms);
});

test.each(['', 'yesterday', '3', '3y', '-1d', '2026-13-01', '2026-02-30', '2026-11-20T25:00', '20.11.2026'])(
  '%j is none, and the error shows what is',
  (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ reason: 'invalid_params' }));
  },
);

test('where a message may be meant, a plain number is one', () => {
  const since = (text: string) => momentOrSeq(text, { flag: 'since', nowMs });
  expect(since('40')).toEqual({ sinceSeq: 40 });
  expect(since('0')).toEqual({ sinceSeq: 0 });
  expect(since('2h')).toEqual({ sinceMs: nowMs - 2 * 3_600_000 });
  expect(since('2026-11-20')).toEqual({ sinceMs: new Date(2026, 10, 20).getTime() });
  for (const text of ['-1', '4.5', '#4', '9'.repeat(16), ''])
    expect(() => since(text)).toThrow(/--since takes the number of a message, a date or a length of time/);
});
