/** The worker from outside: one request at a time, an answer for each, and a new thread if one breaks down. */
import { Worker } from 'node:worker_threads';
import { sentenceOf } from './system-errors.ts';
import { workerFileOf } from './worker-file.ts';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker-protocol.ts';

/** A group of entries is at most a few mebibytes; without a bound V8 lets the garbage of many groups pile up. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128 };

export class WorkerThread {
  readonly #data: WorkerData;
  #worker: Worker | undefined;
  #answer: ((answer: WorkerAnswer) => void) | undefined;

  constructor({
    workspace,
    owner,
    safePoint,
    failpoints,
  }: Pick<WorkerData, 'workspace' | 'failpoints'> & Partial<WorkerData>) {
    this.#data = { workspace, owner, safePoint, failpoints };
  }

  /** Sends a request. Never rejects: a thread that breaks down counts as `failed`, and the next request has a new one. */
  request(request: WorkerRequest): Promise<WorkerAnswer> {
    const { promise, resolve } = Promise.withResolvers<WorkerAnswer>();
    this.#answer = resolve;
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(request);
    return promise;
  }

  /** Lets the thread finish and waits until it is gone. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    await this.request({ kind: 'close' });
    // The answer let go of it.
    worker.ref();
    await gone;
  }

  #start(): Worker {
    const { url, execArgv } = workerFileOf(import.meta.url);
    // The thread needs no environment; what it may do is in its data.
    const worker = new Worker(url, {
      workerData: this.#data,
      execArgv,
      env: {},
      resourceLimits: RESOURCE_LIMITS,
    });
    worker.on('message', (answer: WorkerAnswer) => {
      // An idle thread does not keep the process alive.
      worker.unref();
      this.#settle(answer);
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#settle({ kind: 'failed', message: `the journal's thread broke down: ${sentenceOf(error)}` });
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#settle({ kind: 'failed', message: "the journal's thread ended" });
    });
    return worker;
  }

  #settle(answer: WorkerAnswer): void {
    this.#answer?.(answer);
    this.#answer = undefined;
  }
}
