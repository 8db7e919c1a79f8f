import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Git } from '../packages/daemon/src/git/git.ts';
import { openRepository } from '../packages/daemon/src/git/worktrees.ts';
const d = mkdtempSync('/tmp/lalia/t-g-run/p'); const main = join(d, 'r'); mkdirSync(main);
const g = (cwd: string, ...a: string[]) => execFileSync('git', a, { cwd, stdio: 'ignore' });
g(main, 'init', '-q'); for (let i=0;i<20;i++) { execFileSync('sh', ['-c', `echo a > f${i}`], { cwd: main }); } g(main, 'add', '.'); g(main, 'commit', '-qm', 'x');
for (let k = 0; k < 3; k++) {
  const git = new Git({ env: process.env, umask: 0o022, folder: d });
  const orig = git.attempt.bind(git); const spent: Record<string, number> = {};
  (git as any).attempt = async (p: any, ...a: string[]) => { const t = performance.now(); try { return await orig(p, ...a); } finally { spent[a[0] + ' ' + (a[0] === 'worktree' ? a[1] : '')] = (spent[a[0] + ' ' + (a[0] === 'worktree' ? a[1] : '')] ?? 0) + performance.now() - t; } };
  const t0 = performance.now();
  const r = await openRepository(git, main); const pf = r.preflight(); const plans = [];
  for (let n = 0; n < 50; n++) plans.push(await pf.plan({ taskId: `01JD0000000000000000${k}${n}`, branch: `k${k}/t${n}`, path: join(d, `wt/k${k}-${n}`) } as any));
  const t1 = performance.now();
  for (const p of plans) await r.addFirst(p);
  const t2 = performance.now();
  for (let n = 0; n < 50; n++) g(main, 'worktree', 'add', '-q', '-b', `b${k}/t${n}`, `../wb/k${k}-${n}`);
  const t3 = performance.now();
  console.log({ preflight: t1 - t0, add: t2 - t1, bare: t3 - t2, spent });
  await git.close();
}
