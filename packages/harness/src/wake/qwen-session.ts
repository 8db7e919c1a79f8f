/** Two ways into a running Qwen Code: the file it was started with, and the socket of its session. Facts: the project's harness notes, section 7. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WakeNotice } from '@lalia/protocol';
import { writeLines } from './socket-lines.ts';
import type { Woken } from './wake.ts';

const STARTED: Woken = { outcome: 'started', detail: null };

/** @param words the file that it was started with as `--input-file`. */
export function appendToQwenInput([file]: readonly string[], { text }: WakeNotice): Promise<Woken> {
  if (file === undefined) throw new Error('the file is missing');
  // Made by whoever started it; a new one would be read by nobody.
  if (!statSync(file).isFile()) throw new Error(`${file} is not a file`);
  appendFileSync(file, `${JSON.stringify({ type: 'submit', text })}\n`);
  return Promise.resolve(STARTED);
}

/** @param words the session, then the folder of the registry of sessions. */
export async function writeToQwenSession(
  [session, folder]: readonly string[],
  { text }: WakeNotice,
): Promise<Woken> {
  if (session === undefined || folder === undefined) throw new Error('the session or the folder is missing');
  const { ipcPath, ipcToken } = registered(folder, session);
  await writeLines(ipcPath, [
    { msgV: 1, type: 'auth', token: ipcToken },
    {
      msgV: 1,
      msgId: randomUUID(),
      type: 'user',
      fromName: 'lalia',
      fromMode: 'prompting',
      toSessionId: session,
      priority: 'next',
      message: { role: 'user', content: text },
    },
  ]);
  return STARTED;
}

interface Registered {
  readonly ipcPath: string;
  readonly ipcToken: string;
}

/** The entry of a session; each process of Qwen Code has a file of its own there. */
function registered(folder: string, session: string): Registered {
  for (const name of readdirSync(folder)) {
    const entry = name.endsWith('.json') ? entryIn(join(folder, name)) : undefined;
    if (entry?.sessionId === session) return entry;
  }
  throw new Error(`no running session ${session} in ${folder}`);
}

function entryIn(path: string): (Registered & { readonly sessionId: string }) | undefined {
  try {
    const entry = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const { ipcPath, ipcToken, sessionId } = entry;
    if (typeof ipcPath !== 'string' || typeof ipcToken !== 'string' || typeof sessionId !== 'string')
      return undefined;
    return { ipcPath, ipcToken, sessionId };
  } catch {
    // Its process may be writing it, or have just removed it.
    return undefined;
  }
}
