/** `codex queue` puts a message where a running Codex looks for it. Facts: the project's harness notes, section 2.3. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WakeNotice } from '@lalia/protocol';
import type { Woken } from './wake.ts';

/** The command takes less than half a second. */
const TIMEOUT_MS = 20_000;

/** @param words the thread, then the program where it is not `codex`. */
export async function queueForCodex(
  [thread, program = 'codex']: readonly string[],
  { text }: WakeNotice,
): Promise<Woken> {
  if (thread === undefined) throw new Error('the thread is missing');
  try {
    await promisify(execFile)(program, ['queue', '--thread', thread, '--message', text], {
      timeout: TIMEOUT_MS,
    });
  } catch (error) {
    throw new Error(`${program} queue: ${lastWords(error)}`, { cause: error });
  }
  return { outcome: 'started', detail: null };
}

function lastWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no such program on the PATH';
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  const said = stderr.split('\n').at(-1) ?? '';
  return said === '' && error instanceof Error ? error.message : said;
}
