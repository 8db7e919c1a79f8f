/** A model that says what it is told to, and remembers everything that it was shown. */
import { type Answer, isObject, says, type Wire } from './answer.ts';

export interface Spoken {
  readonly wire: Wire;
  /** A command, as a call of the harness's shell tool. */
  readonly shell: (command: string) => Answer;
  /** A tool that only its main conversation is offered: requests without it are its asides, such as one for a title. */
  readonly mainTool: string;
}

export interface Heard {
  readonly path: string;
  readonly raw: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Step = () => Promise<Answer> | Answer;

interface Reaction {
  readonly wanted: string | RegExp;
  readonly step: (found: string) => Promise<Answer> | Answer;
}

export class Model {
  readonly url: string;
  /** The requests of the main conversation, in order. */
  readonly heard: Heard[] = [];
  readonly asides: Heard[] = [];
  readonly #spoken: Spoken;
  readonly #steps: Step[] = [];
  readonly #reactions: Reaction[] = [];
  readonly #watchers = new Set<() => void>();
  /** When it was asked last, in milliseconds since 1970. */
  askedMs = 0;
  #isStopped = false;
  #count = 0;

  constructor(url: string, spoken: Spoken) {
    this.url = url;
    this.#spoken = spoken;
  }

  /** Adds to what it does: with each request one step. After the last it says that it is done. */
  will(...steps: readonly (Step | Answer)[]): void {
    this.#steps.push(...steps.map((step) => (typeof step === 'function' ? step : () => step)));
  }

  /** What it does when it is shown a text for the first time: this goes before its steps. */
  once(wanted: string | RegExp, step: (found: string) => Promise<Answer> | Answer): void {
    this.#reactions.push({ wanted, step });
  }

  /** A command, as a call of the harness's shell tool. */
  runs(command: string): Answer {
    return this.#spoken.shell(command);
  }

  isAsked(path: string, body: Readonly<Record<string, unknown>>): boolean {
    return this.#spoken.wire.isAsked(path, body);
  }

  async hear(heard: Heard): Promise<{ readonly type: string; readonly body: string }> {
    const { wire, mainTool } = this.#spoken;
    const isMain = wire.tools(heard.body).includes(mainTool);
    (isMain ? this.heard : this.asides).push(heard);
    if (isMain) this.askedMs = Date.now();
    for (const watcher of this.#watchers) watcher();
    const step = isMain ? (this.#reactionTo(heard) ?? this.#steps.shift()) : undefined;
    const answer = step === undefined ? says('Done.') : await step();
    this.#count += 1;
    const id = String(this.#count);
    return wire.isStreamed(heard.path, heard.body)
      ? { type: 'text/event-stream', body: wire.stream(answer, id) }
      : { type: 'application/json', body: JSON.stringify(wire.whole(answer, id)) };
  }

  /** Waits until it is shown a text. @returns the number of the request, from 0. @throws the signal's reason when it aborts. */
  async sees(wanted: string, from = 0, signal?: AbortSignal): Promise<number> {
    return this.#until(() => this.shown(wanted, from), signal);
  }

  /** The number of the first request with a text, from 0; undefined where there is none yet. */
  shown(wanted: string, from = 0): number | undefined {
    const index = this.heard.findIndex((heard, at) => at >= from && timesIn(heard, wanted) > 0);
    return index === -1 ? undefined : index;
  }

  /** Waits until it was asked so often. @throws the signal's reason when it aborts. */
  async asked(times: number, signal?: AbortSignal): Promise<void> {
    await this.#until(() => (this.heard.length >= times ? true : undefined), signal);
  }

  /** How often a text is in what it was shown with a request; -1 is the last one. Each has the whole conversation. */
  times(wanted: string, request = -1): number {
    const heard = this.heard.at(request);
    return heard === undefined ? 0 : timesIn(heard, wanted);
  }

  /** The part of a text that it was shown. */
  found(wanted: RegExp): string | undefined {
    const texts = this.heard.flatMap(({ body }) => stringsIn(body));
    return texts.map((text) => partOf(text, wanted)).find((part) => part !== undefined);
  }

  /** How often a text is in the last request that has it; subagents are not shown the whole conversation. */
  lastTimes(wanted: string): number {
    return this.heard.map((heard) => timesIn(heard, wanted)).findLast((times) => times > 0) ?? 0;
  }

  /** What a request, from 0, has and the one before had not: for one after a command, what it printed. */
  news(request: number): readonly string[] {
    const [before, now] = [request - 1, request].map((index) => stringsIn(this.heard[index]?.body));
    const known = new Set(before);
    return (now ?? []).filter((text) => !known.has(text));
  }

  /** Whoever waits for it waits no longer. */
  stop(): void {
    this.#isStopped = true;
    for (const watcher of this.#watchers) watcher();
  }

  #reactionTo({ body }: Heard): Step | undefined {
    const texts = stringsIn(body);
    for (const [index, { wanted, step }] of this.#reactions.entries()) {
      const found = texts.map((text) => partOf(text, wanted)).find((part) => part !== undefined);
      if (found === undefined) continue;
      this.#reactions.splice(index, 1);
      return () => step(found);
    }
    return undefined;
  }

  #until<T>(look: () => T | undefined, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        const found = look();
        const isOver = this.#isStopped || signal?.aborted === true;
        if (found === undefined && !isOver) return;
        this.#watchers.delete(watch);
        signal?.removeEventListener('abort', watch);
        if (found !== undefined) resolve(found);
        else reject(signal?.aborted === true ? reasonOf(signal) : new Error('The model has been stopped.'));
      };
      this.#watchers.add(watch);
      signal?.addEventListener('abort', watch);
      watch();
    });
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** The part of a text that is wanted: of an expression its group, where it has one. */
function partOf(text: string, wanted: string | RegExp): string | undefined {
  if (typeof wanted === 'string') return text.includes(wanted) ? wanted : undefined;
  const match = wanted.exec(text);
  return match === null ? undefined : (match[1] ?? match[0]);
}

function timesIn({ body }: Heard, wanted: string): number {
  return stringsIn(body).reduce((sum, text) => sum + text.split(wanted).length - 1, 0);
}

/** Every string of a request: the bytes, without what JSON puts around them. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
