/** Commits that somebody knows to have been there: only so can a cut-off end be seen. */
import { isOid } from '../journal/git/object-id.ts';
import { shortOf } from './commit-form.ts';
import type { HistoryCheck } from './history.ts';
import type { Problem } from './report.ts';

export interface Expectation {
  /** The commit, or its first digits. */
  readonly commit: string;
  /** Who says so: the journal, which wrote it here, or whoever asks. */
  readonly by: 'journal' | 'caller';
}

/** The problem that a commit is not there, at the first message that went with it if that can still be told. */
export function missingProblem(
  { commit, by }: Expectation,
  history: HistoryCheck,
): Pick<Problem, 'kind' | 'path' | 'sentence'> {
  const lost = isOid(commit) ? history.firstLost(commit) : undefined;
  const name = `commit ${shortOf(commit)}`;
  const why = by === 'journal' ? 'which Lalia wrote here' : 'which was expected';
  const sentence =
    lost === undefined
      ? `the history has no ${name}, ${why}: its end was cut off, or it was rewritten`
      : `is gone: ${name}, ${why}, is not in the history any more`;
  return { kind: 'missing_commit', path: lost ?? '', sentence };
}
