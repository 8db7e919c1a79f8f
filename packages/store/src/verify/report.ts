/** What verify found, for programs and for people. */
import { placeOf } from './layout.ts';

export type ProblemKind =
  | 'not_a_transcript'
  | 'unreadable'
  | 'bad_registry'
  | 'damaged_message'
  | 'bad_signature'
  | 'unknown_agent'
  | 'wrong_place'
  | 'gap'
  | 'duplicate'
  | 'broken_chain'
  | 'mixed_conversation'
  | 'changed_later'
  | 'wrong_order'
  | 'foreign_commit'
  | 'rewritten_commit'
  | 'replaced_commit'
  | 'wrong_beginning'
  | 'missing_commit'
  | 'uncommitted_edit'
  | 'uncommitted_deletion'
  | 'stray_file';

export interface Problem {
  readonly kind: ProblemKind;
  /** Below the transcript; empty when it is the transcript as a whole. */
  readonly path: string;
  /** The conversation's folder. */
  readonly conversation: string | null;
  readonly seq: number | null;
  /** What is wrong, for a person; it stands after the path. */
  readonly sentence: string;
}

export interface VerifyReport {
  /** What came first into the transcript comes first. */
  readonly problems: readonly Problem[];
  /** The first message that is wrong; if none is, the first problem; null when there is none. */
  readonly first: Problem | null;
  readonly counts: {
    readonly messages: number;
    readonly conversations: number;
    readonly agents: number;
    readonly commits: number;
  };
  /** The newest commit that was checked: what a later check can be told to expect. Null when there is none. */
  readonly head: string | null;
  /** A clone without all of the history: what was changed before its first commit cannot be seen. */
  readonly isShallow: boolean;
  /** A clone without all objects: earlier versions that it has not got are not checked. */
  readonly isPartial: boolean;
}

type NewProblem = Pick<Problem, 'kind' | 'path' | 'sentence'> &
  Partial<Problem> & {
    /** For what has no file of its own: the file that it comes right after. */
    readonly after?: string | undefined;
  };

interface Entry {
  readonly problem: Problem;
  readonly after: string | undefined;
}

/** Collects what is wrong while the checks go on. */
export class ProblemList {
  readonly #entries: Entry[] = [];
  readonly #cameAt = new Map<string, number>();

  /** Conversation and number are those of the path, if it is a message's. */
  add({ after, ...problem }: NewProblem): void {
    const place = placeOf(problem.path);
    const defaults = { conversation: place?.conversation ?? null, seq: place?.seq ?? null };
    this.#entries.push({ problem: { ...defaults, ...problem }, after });
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Says when a file came into the transcript: a number that rises. The last call for a path counts. */
  cameAt(path: string, when: number): void {
    this.#cameAt.set(path, when);
  }

  /** In the order in which it came into the transcript, so that the same damage always reads the same. */
  sorted(): Problem[] {
    const keyed = this.#entries.map((entry) => ({ ...entry, when: this.#when(entry) }));
    keyed.sort((a, b) => compare(a.when, b.when) || comparePlaces(a.problem, b.problem));
    return keyed.map(({ problem }) => problem);
  }

  #when({ problem, after }: Entry): number {
    if (after !== undefined) return (this.#cameAt.get(after) ?? Number.POSITIVE_INFINITY) + 0.5;
    return this.#cameAt.get(problem.path) ?? Number.POSITIVE_INFINITY;
  }
}

function comparePlaces(a: Problem, b: Problem): number {
  const path = a.conversation !== null && a.conversation === b.conversation ? 0 : compare(a.path, b.path);
  return (
    path || compare(a.seq ?? 0, b.seq ?? 0) || compare(a.path, b.path) || compare(a.sentence, b.sentence)
  );
}

function compare(a: string | number, b: string | number): number {
  return Number(a > b) - Number(a < b);
}
