/** The tasks of a project, as anybody on this machine may see them: no identity is needed. */
import {
  isLaliaError,
  type LaliaError,
  limits,
  type Method,
  type Params,
  type Result,
  type TaskList,
  utf8Bytes,
} from '@lalia/protocol';
import { type Clock, reasonOf } from './clock.ts';
import { mendConnection } from './daemon-return.ts';
import type { Link, LinkRequest } from './link.ts';
import type { CallOptions } from './signed-caller.ts';

/** Whose a path is. */
export type OwnedPath = Result<'task_owners'>['owned'][number];

/** Paths in one question, in bytes: question and answer have to fit a line. */
const MAX_PART_BYTES = 512 * 1024;

export class TaskBoard {
  readonly #link: Link;
  readonly #clock: Clock;

  /** Use `Client.tasks`. */
  constructor({ link, clock }: { readonly link: Link; readonly clock: Clock }) {
    this.#link = link;
    this.#clock = clock;
  }

  /** All tasks of a project, in the order of publishing; none where nobody has published any. */
  list(project: string, options: CallOptions = {}): Promise<TaskList> {
    return this.#call('task_list', { project }, options);
  }

  /**
   * The tasks of a project now, and again after every change, for ever. Changes that follow fast on each other may come as
   * one. It goes on at the next daemon when one is restarted, and does not start one that was stopped in order.
   * @param options the `signal` ends it; the iteration then rejects with the signal's reason. Leaving the loop ends it, too.
   */
  async *watch(
    project: string,
    { signal }: CallOptions = {},
  ): AsyncGenerator<TaskList, undefined, undefined> {
    const leave = new AbortController();
    const either = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
    try {
      let list = await this.list(project, { signal: either });
      while (true) {
        yield list;
        list = await this.#changed(list, either);
      }
    } finally {
      leave.abort();
    }
  }

  /**
   * Whose each path is: the tasks that are not merged and whose patterns match it.
   * @param paths from the root of the repository, with `/`; as many as there are.
   * @returns only the paths that somebody owns.
   */
  async owners(
    project: string,
    paths: readonly string[],
    options: CallOptions = {},
  ): Promise<readonly OwnedPath[]> {
    const owned: OwnedPath[] = [];
    for (const part of inParts(paths)) {
      owned.push(...(await this.#call('task_owners', { project, paths: part }, options)).owned);
    }
    return owned;
  }

  async #changed({ project, revision }: TaskList, signal: AbortSignal): Promise<TaskList> {
    const params = { project, after_revision: revision, timeout_ms: limits.DEFAULT_WAIT_MS };
    for (let failures = 0; ; ) {
      if (signal.aborted) throw reasonOf(signal);
      try {
        return await this.#call('task_list', params, { signal, waits: true });
      } catch (error) {
        failures = isTimeout(error) ? 0 : failures + 1;
        if (failures > 0) await this.#mend(error, failures, signal);
      }
    }
  }

  async #mend(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await mendConnection(error, failures, {
      clock: this.#clock,
      signal,
      probe: (options) =>
        this.#link.request({ ...options, method: 'status', params: () => ({}), autostart: false }),
    });
  }

  async #call<M extends Method>(
    method: M,
    params: Params<M>,
    options: Pick<LinkRequest, 'signal' | 'waits'>,
  ): Promise<Result<M>> {
    return (await this.#link.request({ ...options, method, params: () => params })) as Result<M>;
  }
}

function isTimeout(error: unknown): error is LaliaError {
  return isLaliaError(error) && error.reason === 'timeout';
}

/** Parts that each fit one question. */
function inParts(paths: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const path of paths) {
    const bytes = utf8Bytes(path);
    const last = parts.at(-1);
    if (last === undefined || last.length >= limits.MAX_CHECKED_PATHS || bytes > room) {
      parts.push([path]);
      room = MAX_PART_BYTES - bytes;
    } else {
      last.push(path);
      room -= bytes;
    }
  }
  return parts;
}
