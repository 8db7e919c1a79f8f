/** What verify found, for programs and for people. */

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
  readonly problems: readonly Problem[];
  readonly counts: {
    readonly messages: number;
    readonly conversations: number;
    readonly agents: number;
    readonly commits: number;
  };
  /** A clone without all of the history: what was changed before its first commit cannot be seen. */
  readonly isShallow: boolean;
}

/** Collects what is wrong while the checks go on. */
export class ProblemList {
  readonly #problems: Problem[] = [];

  add(problem: Pick<Problem, 'kind' | 'path' | 'sentence'> & Partial<Problem>): void {
    this.#problems.push({ conversation: null, seq: null, ...problem });
  }

  /** By path, so that the same damage always reads the same. */
  sorted(): Problem[] {
    const order = (a: string, b: string) => Number(a > b) - Number(a < b);
    return this.#problems.toSorted((a, b) => order(a.path, b.path) || order(a.sentence, b.sentence));
  }
}

/** The report as text: a line for each problem, and a summary as the last line. */
export function renderVerifyReport({ problems, counts, isShallow }: VerifyReport): string {
  const lines = problems.map(({ path, sentence }) => (path === '' ? sentence : `${path}: ${sentence}`));
  if (counts.commits === 0) return [...lines, 'Nothing was checked.', ''].join('\n');
  const checked = [
    counted(counts.messages, 'message'),
    `in ${counted(counts.conversations, 'conversation')}`,
    `by ${counted(counts.agents, 'agent')}`,
    `over ${counted(counts.commits, 'commit')}`,
  ].join(' ');
  const found = problems.length === 0 ? 'No problems' : counted(problems.length, 'problem');
  const caveat = isShallow ? ' The clone is shallow: changes before its first commit cannot be seen.' : '';
  return [...lines, `${found}: checked ${checked}.${caveat}`, ''].join('\n');
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
