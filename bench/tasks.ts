/**
 * Publishing: fifty workstreams, each with worktree, branch, room, bundle and task, against fifty bare `git worktree add` in a
 * copy of the same repository. The two take turns, so that a busy machine slows both alike.
 *
 *   npm run build && node --conditions=@lalia/source bench/tasks.ts [rounds] [workstreams] [files]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type Agent, captureSession } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { percentile } from './limits.ts';

const rounds = Number(process.argv[2] ?? 5);
const workstreams = Number(process.argv[3] ?? 50);
const files = Number(process.argv[4] ?? 500);

await using lalia = new Lalia();
await using client = await lalia.connect();
// What starting a daemon costs is measured elsewhere.
await client.call('status', {});
console.log(
  `${String(workstreams)} workstreams, ${String(files)} files, load ${loadavg()[0]?.toFixed(1) ?? '?'}`,
);
const bare: number[] = [];
const published: number[] = [];
const again: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const repository = await filledRepository(`bare-${String(round)}`);
  bare.push(timed(() => addWorktrees(repository)));
  const supervisor = await supervisorOf(await filledRepository(`lalia-${String(round)}`));
  published.push(await publishes(supervisor, 'published'));
  again.push(await publishes(supervisor, 'unchanged'));
}
const limitMs = percentile(bare, 0.5);
print('bare git worktree add', bare);
print('lalia task publish', published);
print('the same again', again);

/** @returns how long it took, in milliseconds. */
async function publishes({ agent, cwd }: Supervisor, expected: string): Promise<number> {
  const plan = {
    workstreams: Array.from({ length: workstreams }, (_, n) => ({
      slug: `task-${String(n)}`,
      branch: `feat/task-${String(n)}`,
      brief: 'The parser takes comments; the tests are in test/parser.',
      owned_paths: [`src/part-${String(n)}/`],
    })),
  };
  const startMs = performance.now();
  const { outcomes } = await agent.tasks.publish(plan, { cwd });
  const tookMs = performance.now() - startMs;
  const other = outcomes.find(({ outcome }) => outcome !== expected);
  if (other !== undefined)
    throw new Error(`${other.slug} was ${other.outcome}: ${other.error?.message ?? ''}`);
  return tookMs;
}

interface Supervisor {
  readonly agent: Agent;
  readonly cwd: string;
}

async function supervisorOf(cwd: string): Promise<Supervisor> {
  const session = captureSession({ cwd, env: lalia.env });
  const { agent } = await client.register({ name: 'sue', role: 'supervisor', session });
  return { agent, cwd };
}

async function filledRepository(name: string): Promise<string> {
  const path = await lalia.repository(join(`in ${name}`, name));
  for (let n = 0; n < files; n += 1) {
    const folder = join(path, `src/part-${String(n % workstreams)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `file-${String(n)}.ts`),
      `export const part${String(n)} = ${String(n)};\n`.repeat(40),
    );
  }
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'Files');
  return path;
}

function addWorktrees(repository: string): void {
  for (let n = 0; n < workstreams; n += 1) {
    const name = `task-${String(n)}`;
    git(repository, 'worktree', 'add', '-q', '-b', `feat/${name}`, `../wt/${name}`);
  }
}

function git(cwd: string, ...args: string[]): void {
  execFileSync('git', args, { cwd, stdio: 'ignore' });
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function print(what: string, timesMs: readonly number[]): void {
  const medianMs = percentile(timesMs, 0.5);
  const each = (medianMs / workstreams).toFixed(1);
  const ratio = (medianMs / limitMs).toFixed(2);
  console.log(
    `${what.padEnd(36)} median ${medianMs.toFixed(0).padStart(6)} ms, ${each.padStart(5)} ms each   ${ratio} of bare git`,
  );
}
