import { Config } from '@oclif/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Input } from './command.ts';
import { FAST_COMMANDS, parseFast } from './fast.ts';
import { oclifCommand } from './oclif-command.ts';

const ULID = '01JD8X5Q0Z3M4N5P6Q7R8S9T0V';

beforeEach(() => {
  // The usage errors of the table are expected; they would drown the report of the tests.
  for (const stream of [process.stderr, process.stdout]) {
    vi.spyOn(stream, 'write').mockImplementation((...call: unknown[]) => {
      const done = call.at(-1);
      if (isCallback(done)) done();
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the oclif driver gives the command, or that it ends with a usage error. */
async function parseFull([name = '', ...words]: string[]): Promise<Input | 'usage error'> {
  const command = FAST_COMMANDS.get(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  let seen: Input | undefined;
  const Recorder = oclifCommand({
    ...command,
    run: (input) => {
      seen = input;
      return Promise.resolve({ document: undefined, text: () => '' });
    },
  });
  const code: unknown = await new Recorder(words, new Config({ root: import.meta.dirname })).run();
  expect(code).toBe(seen === undefined ? 1 : 0);
  return seen ?? 'usage error';
}

const lines: { argv: string[]; valid: boolean }[] = [
  { argv: ['tell', 'bob', 'hello'], valid: true },
  { argv: ['tell', 'bob', 'hello', '--needs-answer', '--json'], valid: true },
  { argv: ['tell', '--status', 'bob', '--as', 'alice', 'hello'], valid: true },
  { argv: ['tell', 'bob', ''], valid: true },
  { argv: ['tell', 'bob', '-'], valid: true },
  { argv: ['tell', 'bob', '- a list item\n- another'], valid: true },
  { argv: ['tell', 'bob', '--- a/file\n+++ b/file'], valid: true },
  { argv: ['tell', 'bob', '--all of them = yes'], valid: true },
  { argv: ['tell', 'bob', '-5'], valid: true },
  { argv: ['tell', 'bob', '--', '--needs-answer'], valid: true },
  { argv: ['tell', '--', 'bob', '-rf'], valid: true },
  { argv: ['tell', 'bob', 'grüße 👋 \u2028 \u0085'], valid: true },
  { argv: ['tell', 'bob', '\ud800'], valid: true },
  { argv: ['tell', 'bob', '--file=notes.md'], valid: true },
  { argv: ['tell', 'bob', '--file', '-'], valid: true },
  { argv: ['tell', 'bob', '--file', '- my notes.md'], valid: true },
  { argv: ['tell', 'bob', '--file=--odd name'], valid: true },
  { argv: ['tell', 'bob', '--file=a=b'], valid: true },
  { argv: ['tell', 'bob', 'hi', '--id', ULID], valid: true },
  { argv: ['tell', 'bob', 'hi', '--json', '--json'], valid: true },
  { argv: ['ask', 'bob', 'hi', '--timeout', '0'], valid: true },
  { argv: ['ask', 'bob', 'hi', '--timeout=1.5'], valid: true },
  { argv: ['ask', 'bob', 'hi', '--timeout', '.5'], valid: true },
  { argv: ['reply', 'yes', '--to', ULID], valid: true },
  { argv: ['reply'], valid: true },
  { argv: ['read', 'auth', '--room', '--max', '10', '--timeout', '0'], valid: true },
  { argv: ['read', 'alice', '--all'], valid: true },
  { argv: ['read-any'], valid: true },
  { argv: ['peek'], valid: true },
  { argv: ['peek', 'auth', '--room'], valid: true },
  { argv: ['post', 'auth', '-'], valid: true },
  { argv: ['tell'], valid: false },
  { argv: ['tell', 'bob', 'two', 'words'], valid: false },
  { argv: ['tell', 'bob', '--needs-answers', 'hi'], valid: false },
  { argv: ['tell', 'bob', '--json=true', 'hi'], valid: false },
  { argv: ['tell', 'bob', '--no-json', 'hi'], valid: false },
  { argv: ['tell', 'bob', '-rf'], valid: false },
  { argv: ['tell', 'bob', '-j', 'hi'], valid: false },
  { argv: ['tell', 'bob', 'hi', '--file'], valid: false },
  { argv: ['tell', 'bob', '--file', '--json'], valid: false },
  { argv: ['tell', 'bob', '--file', '--', 'x'], valid: false },
  { argv: ['tell', 'bob', '--file='], valid: false },
  { argv: ['tell', 'bob', '--file', ''], valid: false },
  { argv: ['tell', 'bob', 'hi', '--as', 'a', '--as', 'b'], valid: false },
  { argv: ['tell', 'bob', 'hi', '--id', 'nope'], valid: false },
  { argv: ['tell', 'bob', 'hi', '--__proto__=x'], valid: false },
  { argv: ['tell', 'bob', 'hi', '--constructor'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout', '-5'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout=-5'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout', 'soon'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout', '1e3'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout', '86401'], valid: false },
  { argv: ['ask', 'bob', 'hi', '--timeout', ''], valid: false },
  { argv: ['read', 'auth', '--max', '0'], valid: false },
  { argv: ['read', 'auth', '--max', '1.5'], valid: false },
  { argv: ['read', 'auth', '--max', '1001'], valid: false },
  { argv: ['read'], valid: false },
  { argv: ['read-any', 'alice'], valid: false },
  { argv: ['peek', 'a', 'b'], valid: false },
];

test.for(lines)('both drivers take $argv alike', async ({ argv, valid }) => {
  const fast = parseFast(argv)?.input;
  const full = await parseFull(argv);
  expect(fast ?? 'usage error').toEqual(full);
  expect(full !== 'usage error').toBe(valid);
});

test('whatever asks for help goes to the driver that has it', () => {
  expect(parseFast(['tell', '--help'])).toBeUndefined();
  expect(parseFast(['tell', 'bob', 'hi', '-h'])).toBeUndefined();
  expect(parseFast(['tell', 'bob', '--', '--help'])?.input.args['message']).toBe('--help');
});

test('a text that begins with a dash arrives as it is, also one of many kilobytes', () => {
  const message = `- ${'x'.repeat(120_000)}`;
  expect(parseFast(['tell', 'bob', message])?.input.args['message']).toBe(message);
});

function isCallback(value: unknown): value is () => void {
  return typeof value === 'function';
}
