/** What somebody may have meant by a name that there is not. */
import { distance } from 'fastest-levenshtein';

export interface Candidate {
  readonly name: string;
  /** What is shown for it. */
  readonly label: string;
  /** Among equally near ones, the lower goes first. */
  readonly rank: number;
}

const MAX_SUGGESTIONS = 3;

/** The labels of the nearest names, upper and lower case being one: those that begin with it, and none else that is far off. */
export function nearest(wanted: string, candidates: readonly Candidate[]): string[] {
  const sought = wanted.toLowerCase();
  return candidates
    .map(({ name, label, rank }) => ({
      label,
      rank,
      far: distance(sought, name.toLowerCase()),
      isBegun: sought !== '' && name.toLowerCase().startsWith(sought),
    }))
    .filter(({ far, isBegun }) => isBegun || far <= Math.max(2, sought.length / 3))
    .sort((a, b) => a.far - b.far || a.rank - b.rank)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ label }) => label);
}

/** A hint that names them; undefined when there are none. */
export function didYouMean(suggestions: readonly string[]): string | undefined {
  return suggestions.length === 0 ? undefined : `Did you mean ${suggestions.join(' or ')}?`;
}
