import { mkdtempSync, promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as git from 'isomorphic-git';
import { expect, test } from 'vitest';
import { commitContent } from './commit.ts';
import { oidOf } from './object-id.ts';

const oid = fc.stringMatching(/^[0-9a-f]{40}$/);

test('a commit has the name that isomorphic-git gives it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'commit-'));
  const fs = { promises };
  await git.init({ fs, dir });
  const input = fc.record({
    tree: oid,
    parent: fc.option(oid, { nil: undefined }),
    subject: fc.stringMatching(/^[a-zé→\u{1f600} ]*[a-z]$/u),
    author: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
    tsMs: fc.nat({ max: 4_000_000_000_000 }),
  });
  await fc.assert(
    fc.asyncProperty(input, async ({ tree, parent, subject, author, tsMs }) => {
      const message = `${subject.trimStart()}\n`;
      const person = {
        name: author,
        email: `${author}@lalia.local`,
        timestamp: Math.floor(tsMs / 1000),
        timezoneOffset: 0,
      };
      const commit = {
        tree,
        parent: parent === undefined ? [] : [parent],
        message,
        author: person,
        committer: person,
      };
      expect(oidOf('commit', commitContent({ tree, parent, message, author, tsMs }))).toBe(
        await git.writeCommit({ fs, dir, commit }),
      );
    }),
    { numRuns: 50 },
  );
});
