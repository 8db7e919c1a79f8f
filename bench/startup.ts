/**
 * What a command costs: whole processes, taken in turn with a Node that does nothing, so that a busy machine slows all alike.
 *
 *   npm run build && node --conditions=@lalia/source bench/startup.ts [repetitions]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { captureSession } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { percentile } from './limits.ts';

const repetitions = Number(process.argv[2] ?? 41);
const cli = join(import.meta.dirname, '../apps/cli/bin/lalia.js');

await using lalia = new Lalia();
await using client = await lalia.connect();
for (const name of ['alice', 'bob']) await client.register({ name });

// Whose hook it is, without a look at the processes above.
await client.register({
  name: 'carol',
  session: captureSession({ env: { ...lalia.env, LALIA_SESSION: 'bench', LALIA_HARNESS: 'codex' } }),
});
const HOOK_INPUT = JSON.stringify({
  session_id: 'bench',
  cwd: lalia.folder,
  tool_response: 'x'.repeat(2000),
});

const commands: Record<string, string[]> = {
  'node -e 0': ['-e', '0'],
  'lalia tell': [cli, 'tell', 'bob', 'hello', '--as', 'alice'],
  'lalia read, nothing there': [cli, 'read-any', '--timeout', '0', '--as', 'alice'],
  'lalia hook, nothing there': [cli, 'hook', 'codex', 'PostToolUse'],
  'lalia hook, a report': [cli, 'hook', 'codex', 'UserPromptSubmit'],
  'lalia agents (oclif)': [cli, 'agents'],
};
const taken = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
for (let round = 0; round < repetitions; round += 1) {
  for (const [name, args] of Object.entries(commands)) {
    const startMs = performance.now();
    const { status } = spawnSync(process.execPath, args, {
      env: lalia.env,
      cwd: lalia.folder,
      stdio: ['pipe', 'ignore', 'ignore'],
      input: args.includes('hook') ? HOOK_INPUT : '',
    });
    taken.get(name)?.push(performance.now() - startMs);
    // 2: nothing to read.
    if (status !== 0 && status !== 2) throw new Error(`${name} ended with ${String(status)}.`);
  }
}
const bareMs = percentile(taken.get('node -e 0') ?? [], 0.5);
for (const [name, times] of taken) {
  const medianMs = percentile(times, 0.5);
  console.log(
    `${name.padEnd(30)} median ${medianMs.toFixed(1).padStart(6)} ms   ${(medianMs / bareMs).toFixed(2)} of bare Node`,
  );
}
