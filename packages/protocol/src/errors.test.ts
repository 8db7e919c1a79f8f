import { expect, test } from 'vitest';
import {
  ERRORS,
  EXIT,
  errorFromBody,
  fail,
  invariant,
  isLaliaError,
  isReason,
  LaliaError,
  type Reason,
} from './errors.ts';
import { failure, parseResponse } from './rpc.ts';

const reasons = Object.keys(ERRORS) as Reason[];

/** What a client makes of an error that the daemon answered with. */
function overTheWire(error: LaliaError): LaliaError {
  const answer = parseResponse(JSON.stringify(failure(1, error)));
  if (!('error' in answer)) throw new Error('not an error');
  return errorFromBody(answer.error.data);
}

test.each(reasons)('%s arrives as it was thrown: code, message, hint and context', (reason) => {
  const sent = fail(reason, 'What happened: "é😀\n".', {
    hint: 'What to do.',
    context: { room: 'auth', list: [1, null] },
  });
  const received = overTheWire(sent);
  expect(received.toJSON()).toEqual(sent.toJSON());
  expect([received.code, received.reason]).toEqual([ERRORS[reason].code, reason]);
});

test.each(reasons)('%s has a hint that says what to do, as a sentence', (reason) => {
  expect(overTheWire(fail(reason, 'x')).hint).toBe(ERRORS[reason].hint);
  expect(ERRORS[reason].hint).toMatch(/^[`\p{Lu}d].*\.$/u);
});

test('a reason that only a newer daemon knows becomes internal, and keeps what can be told', () => {
  const data = {
    code: 5,
    reason: 'moon_not_found',
    message: 'No moon.',
    retry_hint: 'Look up.',
    context: { a: 1 },
  };
  const error = errorFromBody(data);
  expect(error.toJSON()).toEqual({
    code: 1,
    reason: 'internal',
    message: 'No moon. (moon_not_found)',
    retry_hint: 'Look up.',
    context: { a: 1 },
  });
});

test('the name of something that every object has is not a reason', () => {
  for (const text of ['constructor', 'toString', '__proto__', 'hasOwnProperty', ''])
    expect(isReason(text)).toBe(false);
  expect(isReason('room_full')).toBe(true);
});

test('an error of another copy of this package is recognised, and other errors are not', () => {
  class LaliaErrorOfAnotherCopy extends Error {
    override readonly name = 'LaliaError';
    readonly reason = 'room_full';
  }
  expect(isLaliaError(new LaliaErrorOfAnotherCopy('x'))).toBe(true);
  expect(isLaliaError(new LaliaError('room_full', 'x'))).toBe(true);
  const named = Object.assign(new Error('x'), { name: 'LaliaError' });
  for (const other of [
    new Error('x'),
    named,
    new TypeError('x'),
    { name: 'LaliaError', reason: 'room_full' },
    'room_full',
    null,
  ])
    expect(isLaliaError(other)).toBe(false);
});

test('the cause stays on this side of the socket', () => {
  const cause = new Error('SQLITE_FULL at /home/ada/.lalia');
  const error = fail('storage_full', 'The disk is full.', { cause });
  expect(error.cause).toBe(cause);
  expect(JSON.stringify(failure(1, error))).not.toContain('SQLITE');
  expect(overTheWire(error).cause).toBeUndefined();
});

test('a broken invariant is a plain error, never one that crosses the socket', () => {
  expect(() => invariant(false, 'a sentence.')).toThrow('Invariant broken: a sentence.');
  expect(() => invariant(true, 'a sentence.')).not.toThrow();
});

test('every exit code of the specification has a reason, and success has none', () => {
  const used = new Set<number>(reasons.map((reason) => ERRORS[reason].code));
  expect([...used].sort((a, b) => a - b)).toEqual(Object.values(EXIT).filter((code) => code !== EXIT.ok));
});
