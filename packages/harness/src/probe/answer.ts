/** What a scripted model says: words, or a command for the shell tool of its harness. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export function says(text: string): Answer {
  return { kind: 'text', text };
}

/** How a vendor's interface is spoken. */
export interface Wire {
  /** Whether a request asks the model for something, as opposed to counting tokens or listing models. */
  readonly isAsked: (path: string, body: Readonly<Record<string, unknown>>) => boolean;
  /** The names of the tools that the model is offered. */
  readonly tools: (body: Readonly<Record<string, unknown>>) => readonly string[];
  /** The answer as the body of an event stream; `id` is unique. */
  readonly stream: (answer: Answer, id: string) => string;
  /** The answer to a request that wants no stream. */
  readonly whole: (answer: Answer, id: string) => object;
  readonly isStreamed: (path: string, body: Readonly<Record<string, unknown>>) => boolean;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `name` of each object of a list, wherever it stands in it. */
export function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    if (!isObject(item)) return [];
    const { name, function: inner, functionDeclarations: inside, type } = item;
    if (typeof name === 'string') return [name];
    if (isObject(inner)) return namesIn([inner]);
    if (inside !== undefined) return namesIn(inside);
    return typeof type === 'string' ? [type] : [];
  });
}

/** A stream of events with names. */
export function namedEvents(events: readonly Readonly<Record<string, unknown>>[]): string {
  return events
    .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

/** A stream of events without names. */
export function plainEvents(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
