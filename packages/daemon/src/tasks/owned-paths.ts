/** Whose a path is: `owned_paths` are patterns as in .gitignore, from the root of the repository. */
import { fail } from '@lalia/protocol';
import ignore from 'ignore';
import { type Match, type PathOwner, PatternIndex } from './pattern-index.ts';

/** Paths that are looked at in one turn of the event loop, in which everybody else waits. */
const PATHS_PER_TURN = 64;

export interface OwnedPath<T extends PathOwner> {
  readonly path: string;
  readonly owners: readonly Match<T>[];
}

/** A path that two workstreams own. */
export interface Overlap {
  readonly slugs: readonly [string, string];
  /** A file, or the pattern of one that the other's pattern covers. */
  readonly path: string;
}

/**
 * A path as the patterns have it: from the root of the repository, with `/`.
 * @throws LaliaError `invalid_params` for one outside the repository, and for the repository itself.
 */
export function normalPath(path: string): string {
  const segments = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.includes('..')) {
    throw fail('invalid_params', `"${path}" is not a path inside the repository.`, { context: { path } });
  }
  return segments.join('/');
}

/** For each path that somebody owns, who does and by which pattern. @param paths as `normalPath` gives them. */
export async function ownersOf<T extends PathOwner>(
  paths: readonly string[],
  among: readonly T[],
): Promise<OwnedPath<T>[]> {
  const index = new PatternIndex(among);
  const owned: OwnedPath<T>[] = [];
  await inTurns(paths, (path) => {
    const owners = index.matches(path);
    if (owners.length > 0) owned.push({ path, owners });
  });
  return owned;
}

/**
 * Where workstreams own the same: a tracked file matches both, or a path that the pattern of one stands for matches the other
 * too, as when the patterns are equal or one lies under the other. Each pair of workstreams is named once.
 */
export async function overlaps(
  workstreams: readonly PathOwner[],
  trackedFiles: readonly string[],
): Promise<Overlap[]> {
  const index = new PatternIndex(workstreams);
  const found = new Map<string, Overlap>();
  const seen = new Set<string>();
  await inTurns(witnesses(index.patterns, trackedFiles), ({ path, shown }) => {
    const slugs = index.matches(path).map(({ owner }) => owner.slug);
    const together = slugs.join(' ');
    if (slugs.length < 2 || seen.has(together)) return;
    seen.add(together);
    for (const [one, other] of pairs(slugs)) {
      const key = `${one} ${other}`;
      if (!found.has(key)) found.set(key, { slugs: [one, other], path: shown });
    }
  });
  return [...found.values()];
}

async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    work(item);
    done += 1;
    if (done % PATHS_PER_TURN === 0) await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

interface Witness {
  readonly path: string;
  readonly shown: string;
}

/** Paths to look at: a path for each pattern, whether there is one or not yet, and what is tracked. */
function* witnesses(patterns: readonly string[], trackedFiles: readonly string[]): Generator<Witness> {
  for (const pattern of patterns) {
    const path = exampleOf(pattern);
    if (ignore.isPathValid(path)) yield { path, shown: pattern };
  }
  for (const path of trackedFiles) yield { path, shown: path };
}

/** A file that a pattern matches. */
function exampleOf(pattern: string): string {
  const name = 'any';
  return pattern
    .trim()
    .replace(/^\/+/, '')
    .replace(/\/$/, `/${name}`)
    .replaceAll(/\[!?(\\?.)[^\]]*\]/g, '$1')
    .replaceAll(/\*+/g, name)
    .replaceAll('?', 'x')
    .replaceAll(/\\(.)/g, '$1');
}

function* pairs(slugs: readonly string[]): Generator<readonly [string, string]> {
  for (const [index, one] of slugs.entries()) for (const other of slugs.slice(index + 1)) yield [one, other];
}
