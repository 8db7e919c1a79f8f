/** What becomes of an attempt to talk to the daemon, in bounded time. The doctor never starts one. */
import { lstatSync, readFileSync } from 'node:fs';
import { isLaliaError, type LaliaError, type Paths, type Result } from '@lalia/protocol';
import { helloOf } from '../connect.ts';
import { Connection } from '../connection.ts';
import { dial } from '../dial.ts';
import type { Environment } from '../environment.ts';

/** A daemon that is only busy answers sooner. */
const GREETING_MS = 5000;
/** Looking through a large database takes a while. */
const DIAGNOSIS_MS = 60_000;

export type Reached =
  | { readonly kind: 'none' }
  /** A sandbox or a permission is before it. */
  | { readonly kind: 'refused'; readonly error: LaliaError }
  /** It takes connections and says nothing. */
  | { readonly kind: 'hanging'; readonly pid: number | undefined }
  | { readonly kind: 'unreachable'; readonly sentence: string }
  | {
      readonly kind: 'answers';
      /** The spool, where the socket was refused. */
      readonly via: 'socket' | 'spool';
      readonly hello: Result<'hello'>;
      /** This process's clock when it answered. */
      readonly heardMs: number;
      readonly status: Result<'status'> | undefined;
      /** Undefined for an older daemon, or one that did not finish looking in time. */
      readonly diagnosis: Result<'diagnose'> | undefined;
    };

/** Talks to the daemon of a home, if one is there. */
export async function reach(paths: Paths, env: Environment): Promise<Reached> {
  try {
    const outcome = await dial({ paths, env });
    if (outcome.kind === 'no_daemon') return { kind: 'none' };
    if (outcome.kind === 'busy') return { kind: 'hanging', pid: pidIn(paths) };
    await using connection = closing(
      new Connection(outcome.stream, {
        hello: helloOf({ clientName: 'lalia-doctor' }),
        greetingTimeoutMs: GREETING_MS,
      }),
    );
    return await talk(connection.use, outcome.via);
  } catch (error) {
    return failedAttempt(error, paths);
  }
}

/** The number in the pid file. */
function pidIn({ pid }: Paths): number | undefined {
  if (lstatSync(pid, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const number = Number.parseInt(readFileSync(pid, 'latin1'), 10);
  return Number.isNaN(number) ? undefined : number;
}

async function talk(connection: Connection, via: 'socket' | 'spool'): Promise<Reached> {
  const hello = await connection.greet();
  const heardMs = Date.now();
  const status = (await answer(connection, 'status')) as Result<'status'> | undefined;
  const diagnosis = (await answer(connection, 'diagnose')) as Result<'diagnose'> | undefined;
  return { kind: 'answers', via, hello, heardMs, status, diagnosis };
}

async function answer(connection: Connection, method: 'status' | 'diagnose'): Promise<unknown> {
  try {
    return await connection.request(method, {}, { signal: AbortSignal.timeout(DIAGNOSIS_MS) });
  } catch (error) {
    if (isLaliaError(error) && error.reason !== 'unknown_method') throw error;
    return undefined;
  }
}

function failedAttempt(error: unknown, paths: Paths): Reached {
  if (!isLaliaError(error)) throw error;
  const code = error.context['code'];
  if (code === 'EPERM' || code === 'EACCES' || code === 'EROFS') return { kind: 'refused', error };
  const isSilent = error.reason === 'daemon_unavailable' && Object.keys(error.context).length === 0;
  if (isSilent || error.reason === 'connection_lost') return { kind: 'hanging', pid: pidIn(paths) };
  return { kind: 'unreachable', sentence: error.message };
}

function closing(connection: Connection): { readonly use: Connection } & AsyncDisposable {
  return { use: connection, [Symbol.asyncDispose]: () => connection.close() };
}
