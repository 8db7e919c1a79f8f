/**
 * Every `console` example of the guide, typed as it stands into terminals of its own, prints what the guide says.
 * `GUIDE=write node_modules/.bin/vitest run test/guide.test.ts` writes into the pages what is printed now.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWords, socketCage } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { examplesOf, pageAt, shows, withOutputs } from './_played-page.ts';
import { Reader } from './_reader.ts';

const GUIDE = join(import.meta.dirname, '../docs/guide');
const isWriting = process.env['GUIDE'] === 'write';

/** Where a machine has none, what is said about sandboxes is not played. */
const cage = socketCage();

/** Each list is read in one home, page after page. */
const READ_TOGETHER: readonly (readonly string[])[] = [
  ['first-five-minutes', 'messages', 'rooms', 'identity', 'transcript', 'daemon', 'care', 'shell'],
  ['tasks'],
  ['harnesses', 'mcp'],
  ...(cage === undefined ? [] : [['sandboxes']]),
];

/** What the examples need of harnesses. */
const STAND_INS = {
  claude: 'echo "2.1.330 (Claude Code)"',
  // As in `codex sandbox -- COMMAND`.
  codex: `shift 2; CODEX_SANDBOX_NETWORK_DISABLED=1 exec ${shellWords(cage ?? [])} "$@"`,
};

describe.each(READ_TOGETHER)('a home in which the guide is read from %s on', (...pages) => {
  const reader = new Reader('ada', STAND_INS);
  afterAll(() => reader[Symbol.asyncDispose]());

  describe.each(pages)('%s', (name) => {
    const path = join(GUIDE, `${name}.md`);
    const page = pageAt(path);
    const printed = new Map<number, string>();
    afterAll(() => {
      if (isWriting) writeFileSync(path, withOutputs(page, printed));
    });

    test.for(examplesOf(page))('line $line', async (example) => {
      const { said } = await reader.follows(example);
      printed.set(example.line, said);
      if (isWriting || shows(example.output, said)) return;
      expect(said).toBe(example.output);
    });
  });
});
