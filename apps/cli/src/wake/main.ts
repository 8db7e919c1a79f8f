/** `lalia-wake`, which the daemon runs to wake an agent; offered to it by the agent's own hooks. */
import { readFileSync, writeSync } from 'node:fs';
import { wake } from '@lalia/harness/wake';

/** Wakes, says on one line what came of it, and ends the process. @param argv the way and its words. */
export async function main(argv: readonly string[]): Promise<never> {
  const { line, code } = await wake(argv, readFileSync(0, 'utf8'));
  writeSync(1, `${line}\n`);
  process.exit(code);
}
