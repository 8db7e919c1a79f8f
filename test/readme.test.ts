/** What the README says under "Use it", typed word for word into two plain terminals in one repository: nobody says who is calling. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examplesOf, pageAt } from './_played-page.ts';
import { Reader } from './_reader.ts';

const readme = pageAt(join(import.meta.dirname, '../README.md'));
const usage = readme.slice(readme.indexOf('\n## Use it'), readme.indexOf('\n## Share a feature'));
const reader = new Reader('ada');
/** What was typed last into each terminal. */
const busy = new Map<string, ReturnType<Reader['follows']>>();

beforeAll(async () => {
  await reader.follows(
    typed('first', 'git init -q shop && cd shop && git commit -q --allow-empty -m "Begin"'),
  );
  await reader.follows(typed('second', 'cd shop'));
});
afterAll(() => reader[Symbol.asyncDispose]());

test('there is something to try', () => {
  expect(examplesOf(usage).length).toBeGreaterThan(10);
});

test.for(examplesOf(usage))('$terminal$ $command', async (example) => {
  const before = await busy.get(example.terminal);
  const done = reader.follows(example);
  busy.set(example.terminal, done);
  // An answer is typed in the other terminal; how the question ended is seen with the next line of its own.
  const now = example.command.startsWith('lalia ask ') ? undefined : await done;
  expect([before?.code, now?.code].filter((code) => code !== undefined && code !== 0)).toEqual([]);
});

function typed(terminal: string, command: string) {
  return { terminal, command, output: '', line: 0 };
}
