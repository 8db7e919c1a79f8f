/**
 * `lalia verify` of a long transcript: a workspace as the journal leaves it, one commit a message, checked by the built program.
 *
 *   npm run build && node --conditions=@lalia/source bench/verify.ts [messages]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fail } from '@lalia/client';
import { git, Lalia } from '@lalia/testkit';
import { bareNodeMs, medianMs, verificationsPerSecond } from './limits.ts';

const total = Number(process.argv[2] ?? 20_000);
/** The goal for 20,000 messages, in milliseconds. */
const GOAL_MS = 20_000;
/** As in a busy conversation: fewer than the journal writes as one commit. */
const AT_ONCE = 12;

await using lalia = new Lalia();
const [alice, bob] = await lalia.people('bench', 'alice', 'bob');
if (alice === undefined || bob === undefined) throw fail('internal', 'two were asked for');
const agents = [await alice.sdk(), await bob.sdk()] as const;
for (let n = 0; n < total; n += AT_ONCE) {
  const count = Math.min(AT_ONCE, total - n);
  await Promise.all(
    Array.from({ length: count }, (_, at) => {
      const [from, to] = at % 2 === 0 ? [agents[0], bob.name] : [agents[1], alice.name];
      return from.tell(to, `Message ${String(n + at)}. ${'What there is to say about it. '.repeat(8)}`);
    }),
  );
  await lalia.journaled();
}
await lalia.cli(['stop']);

const verifications = verificationsPerSecond();
const bareMs = bareNodeMs();
const clone = join(lalia.folder, 'clone');
await git(lalia.folder, 'clone', '-q', '--bare', `file://${lalia.workspace}`, clone);
const commits = await git(clone, 'rev-list', '--count', 'HEAD');
console.log(
  `${String(total)} messages in ${commits.trim()} commits; signatures alone ${seconds((total / verifications) * 1000)}`,
);
measure('lalia verify, in the workspace', [lalia.workspace]);
measure('lalia verify, of a packed bare clone', [clone]);
console.log(
  `git fsck --full of that clone ${seconds(medianMs(() => spawnSync('git', ['-C', clone, 'fsck', '--full']), 1))}`,
);

function measure(what: string, words: readonly string[]): void {
  const program = join(import.meta.dirname, '../apps/cli/bin/lalia.js');
  let report = '';
  const takenMs = medianMs(() => {
    const { stdout } = spawnSync(process.execPath, [program, 'verify', ...words], {
      env: lalia.env,
      encoding: 'utf8',
    });
    report = stdout;
  }, 3);
  const limitMs = (total / verifications) * 1000 + 2 * bareMs;
  const ratio = `${(takenMs / limitMs).toFixed(2)} of what its signatures take`;
  const goal = takenMs > (GOAL_MS * total) / 20_000 ? '  over the goal' : '';
  console.log(`${what.padEnd(38)} ${seconds(takenMs)}, ${ratio}${goal}`);
  process.stdout.write(`  ${report}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
