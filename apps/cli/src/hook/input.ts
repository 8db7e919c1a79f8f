/** What a harness writes to its hook: one JSON object on standard input, from a program that is not ours. */
import { fstatSync, read } from 'node:fs';
import type { HookInput } from '@lalia/harness/hooks';

/** A step's whole output may be in it; more than this is not taken in. */
const MAX_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads standard input to its end.
 * @returns undefined where there is nothing at all.
 * @throws Error for what is no JSON object, or too much.
 */
export async function readInput(): Promise<HookInput | undefined> {
  // A terminal: somebody typed it, and there is nothing to wait for. To ask `process.stdin` would make a stream.
  if (fstatSync(0).isCharacterDevice()) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  while (true) {
    const chunk = await readChunk();
    if (chunk.length === 0) break;
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the input has more than ${String(MAX_BYTES)} bytes`);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  const input: unknown = JSON.parse(text);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Error('the input is not a JSON object');
  }
  return input as HookInput;
}

/** The main agent's mail is not for its subagents, which have an id of their own. */
export function isSubagent(input: HookInput): boolean {
  return firstText(input, ['agent_id', 'agentId']) !== null;
}

/** The first of these members that is a text and not empty. */
export function firstText(input: HookInput, names: readonly string[]): string | null {
  for (const name of names) {
    const value = input[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** Not by `process.stdin`, whose stream takes longer to make than all the rest here. */
function readChunk(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    read(0, buffer, 0, CHUNK_BYTES, null, (error, count) => {
      if (error === null) resolve(buffer.subarray(0, count));
      // A pipe that does not block has nothing yet.
      else if (error.code === 'EAGAIN') setImmediate(() => resolve(readChunk()));
      else if (error.code === 'EOF') resolve(Buffer.alloc(0));
      else reject(error);
    });
  });
}
