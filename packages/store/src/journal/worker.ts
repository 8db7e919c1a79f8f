/**
 * The journal's thread: the one writer of the workspace. It takes one request at a time and answers it; between requests
 * it catches up with the index when a git command had its lock, and packs objects when nobody writes.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant, isLaliaError } from '@lalia/protocol';
import { failpointsFrom } from '../failpoints.ts';
import { takeLowPriority } from './background-priority.ts';
import { PathConflictError } from './journal-errors.ts';
import { sentenceOf } from './system-errors.ts';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker-protocol.ts';
import { Writer } from './writer.ts';

/** A git command holds its lock for moments, a person looks at another commit for hours: the wait doubles. */
const FIRST_INDEX_RETRY_MS = 250;
const LONGEST_INDEX_RETRY_MS = 8000;
/** So long nothing was asked: a pause in the conversation. */
const PACK_AFTER_MS = 5000;

const { workspace, owner, safePoint, failpoints } = workerData as WorkerData;
const failpoint = failpointsFrom(failpoints);
const port = parentPort;
invariant(port !== null, 'the worker runs in a thread of its own');

let writer: Writer | undefined;
let indexTimer: NodeJS.Timeout | undefined;
let indexRetryMs = FIRST_INDEX_RETRY_MS;
let packTimer: NodeJS.Timeout | undefined;
/** Everything this thread does, one after the other; never rejects. */
let work: Promise<void> = takeLowPriority().catch(() => undefined); // A courtesy: without it the journal works as well.

port.on('message', (request: WorkerRequest) => {
  clearTimeout(indexTimer);
  clearTimeout(packTimer);
  indexRetryMs = FIRST_INDEX_RETRY_MS;
  work = work.then(async () => {
    if (request.kind === 'hold') {
      // What ran before it may have set them again.
      clearTimeout(indexTimer);
      clearTimeout(packTimer);
    }
    port.postMessage(await answer(request));
    if (request.kind === 'hold') return;
    if (request.kind === 'close') {
      port.close();
      return;
    }
    // After the answer, so that what comes next is taken from the database meanwhile.
    if (request.kind === 'write') await writer?.mergePacks();
    scheduleUpkeep();
  });
});

/** Never rejects: everything that can go wrong is an answer. */
async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  try {
    return await perform(request);
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'foreign_workspace')
      return { kind: 'refused', message: error.message, workspace };
    const writtenThrough = error instanceof PathConflictError ? error.writtenThrough : undefined;
    return { kind: 'failed', message: sentenceOf(error), writtenThrough };
  }
}

async function perform(request: WorkerRequest): Promise<WorkerAnswer> {
  if (request.kind === 'close') {
    await writer?.catchUpIndex();
    writer?.[Symbol.dispose]();
    return { kind: 'done' };
  }
  if (request.kind === 'hold' || request.kind === 'release') return { kind: 'done' };
  writer ??= await Writer.open({ workspace, owner, safePoint, nowMs: request.nowMs, failpoint });
  if (request.kind === 'open') return { kind: 'opened', transcriptId: writer.transcriptId };
  await writer.write(request.entries);
  return { kind: 'done' };
}

function scheduleUpkeep(): void {
  scheduleIndex();
  packTimer = setTimeout(() => {
    work = work.then(pack);
  }, PACK_AFTER_MS).unref();
}

function scheduleIndex(): void {
  if (writer?.isIndexBehind !== true) return;
  indexTimer = setTimeout(() => {
    work = work.then(catchUp);
  }, indexRetryMs).unref();
  indexRetryMs = Math.min(indexRetryMs * 2, LONGEST_INDEX_RETRY_MS);
}

/** A failure here is tried again like a lock; the next group of entries reports it. */
async function catchUp(): Promise<void> {
  await writer?.catchUpIndex().catch(() => false);
  scheduleIndex();
}

/** A failure leaves the objects loose; the next pause tries again. */
async function pack(): Promise<void> {
  if ((await writer?.pack().catch(() => false)) === true) scheduleUpkeep();
}
