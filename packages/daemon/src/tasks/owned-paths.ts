/** Whose a path is: `owned_paths` are patterns as in .gitignore, from the root of the repository. */
import { fail } from '@lalia/protocol';
import ignore, { type Ignore } from 'ignore';

export interface PathOwner {
  readonly slug: string;
  readonly ownedPaths: readonly string[];
}

export interface OwnedPath<T extends PathOwner> {
  readonly path: string;
  readonly owners: readonly { readonly owner: T; readonly pattern: string }[];
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
export function ownersOf<T extends PathOwner>(paths: readonly string[], among: readonly T[]): OwnedPath<T>[] {
  const matchers = matchersOf(among);
  return paths
    .map((path) => ({
      path,
      owners: matchers.flatMap(({ owner, matcher }) => {
        const pattern = patternFor(matcher, path);
        return pattern === undefined ? [] : [{ owner, pattern }];
      }),
    }))
    .filter(({ owners }) => owners.length > 0);
}

/**
 * Where workstreams own the same: a tracked file matches both, or a path that the pattern of one stands for matches the other
 * too, as when the patterns are equal or one lies under the other. Each pair of workstreams is named once.
 */
export function overlaps(workstreams: readonly PathOwner[], trackedFiles: readonly string[]): Overlap[] {
  const matchers = matchersOf(workstreams);
  const found = new Map<string, Overlap>();
  for (const { path, shown } of witnesses(workstreams, trackedFiles)) {
    const owners = matchers.filter(({ matcher }) => matcher.ignores(path)).map(({ owner }) => owner.slug);
    for (const [one, other] of pairs(owners)) {
      const key = `${one} ${other}`;
      if (!found.has(key)) found.set(key, { slugs: [one, other], path: shown });
    }
  }
  return [...found.values()];
}

interface Matcher<T> {
  readonly owner: T;
  readonly matcher: Ignore;
}

function matchersOf<T extends PathOwner>(among: readonly T[]): Matcher<T>[] {
  return among
    .filter(({ ownedPaths }) => ownedPaths.length > 0)
    .map((owner) => ({
      owner,
      // A pattern of one line each: `add` would cut a text into lines.
      matcher: ignore({ ignorecase: false }).add(owner.ownedPaths.map((pattern) => ({ pattern }))),
    }));
}

/** The path may be a folder, which nobody says: `src/auth/` owns `src/auth` too. */
function patternFor(matcher: Ignore, path: string): string | undefined {
  return (matcher.test(path).rule ?? matcher.test(`${path}/`).rule)?.pattern;
}

interface Witness {
  readonly path: string;
  readonly shown: string;
}

/** Paths to look at: a path for each pattern, whether there is one or not yet, and what is tracked. */
function* witnesses(workstreams: readonly PathOwner[], trackedFiles: readonly string[]): Generator<Witness> {
  for (const pattern of new Set(workstreams.flatMap(({ ownedPaths }) => ownedPaths))) {
    const path = exampleOf(pattern);
    if (ignore.isPathValid(path)) yield { path, shown: pattern };
  }
  for (const path of trackedFiles) yield { path, shown: path };
}

/** A file that a pattern matches. */
function exampleOf(pattern: string): string {
  const name = 'any';
  const path = pattern
    .trim()
    .replace(/^\/+/, '')
    .replace(/\/$/, `/${name}`)
    .replaceAll(/\[!?(\\?.)[^\]]*\]/g, '$1')
    .replaceAll(/\*+/g, name)
    .replaceAll('?', 'x')
    .replaceAll(/\\(.)/g, '$1');
  return path;
}

function* pairs(slugs: readonly string[]): Generator<readonly [string, string]> {
  for (const [index, one] of slugs.entries()) for (const other of slugs.slice(index + 1)) yield [one, other];
}
