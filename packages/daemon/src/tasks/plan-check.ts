/** What must be right in a plan before anything is done for it. Pure; each problem begins with its place in the plan. */

/** A workstream, as far as plans can be wrong about it. */
export interface PlannedWorkstream {
  readonly slug: string;
  readonly branch: string;
  readonly contracts: readonly { readonly other_slug: string }[];
  readonly depends_on: readonly string[];
}

interface Placed extends PlannedWorkstream {
  /** Such as `workstreams[2]`. */
  readonly place: string;
}

/**
 * Finds what is wrong with a plan.
 * @param knownSlugs the tasks that are published already; a plan may refer to these too.
 * @returns one sentence a problem, such as `workstreams[2].depends_on[0]: unknown slug "x"`; none for a plan that is right.
 */
export function planProblems(
  workstreams: readonly PlannedWorkstream[],
  knownSlugs: readonly string[],
): string[] {
  const placed = workstreams.map((one, index) => ({ ...one, place: `workstreams[${String(index)}]` }));
  const slugs = new Set([...knownSlugs, ...workstreams.map(({ slug }) => slug)]);
  return [
    ...slugProblems(placed),
    ...branchProblems(placed),
    ...placed.flatMap((one) => [...dependencyProblems(one, slugs), ...contractProblems(one, slugs)]),
    ...cycleProblems(placed),
  ];
}

/**
 * The same elements, with each behind those that it depends on, and otherwise in their order.
 * @param elements without a cycle.
 */
export function dependenciesFirst<T extends { readonly slug: string; readonly dependsOn: readonly string[] }>(
  elements: readonly T[],
): T[] {
  const left = new Map(elements.map((element) => [element.slug, element]));
  const sorted: T[] = [];
  const take = (element: T): void => {
    if (!left.delete(element.slug)) return;
    for (const slug of element.dependsOn) {
      const dependency = left.get(slug);
      if (dependency !== undefined) take(dependency);
    }
    sorted.push(element);
  };
  for (const element of elements) take(element);
  return sorted;
}

function slugProblems(placed: readonly Placed[]): string[] {
  const seen = new Map<string, Placed>();
  return placed.flatMap((one) => {
    const key = one.slug.toLowerCase();
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, one);
      return [];
    }
    const how =
      earlier.slug === one.slug
        ? `"${one.slug}" is the slug of ${earlier.place} already`
        : `"${one.slug}" differs from "${earlier.slug}" of ${earlier.place} in upper and lower case only`;
    return [`${one.place}.slug: ${how}`];
  });
}

/** A branch is a file in git's folder of branches, so none can lie below another one. */
function branchProblems(placed: readonly Placed[]): string[] {
  const seen = new Map<string, Placed>();
  for (const one of placed) if (!seen.has(one.branch)) seen.set(one.branch, one);
  return placed.flatMap((one) => {
    const same = seen.get(one.branch);
    if (same !== undefined && same !== one)
      return [`${one.place}.branch: "${one.branch}" is the branch of ${same.place} already`];
    const above = prefixesOf(one.branch).find((prefix) => seen.has(prefix));
    if (above === undefined) return [];
    const place = seen.get(above)?.place ?? '';
    return [`${one.place}.branch: git has no "${one.branch}" beside "${above}" (${place})`];
  });
}

/** `a/b/c` lies below `a` and `a/b`. */
function prefixesOf(branch: string): string[] {
  const parts = branch.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function dependencyProblems({ place, slug, depends_on }: Placed, slugs: ReadonlySet<string>): string[] {
  return depends_on.flatMap((other, index) => {
    const at = `${place}.depends_on[${String(index)}]`;
    if (other === slug) return [`${at}: "${slug}" cannot depend on itself`];
    if (depends_on.indexOf(other) !== index) return [`${at}: "${other}" is there twice`];
    return unknownSlug(at, other, slugs);
  });
}

function contractProblems({ place, slug, contracts }: Placed, slugs: ReadonlySet<string>): string[] {
  return contracts.flatMap(({ other_slug: other }, index) => {
    const at = `${place}.contracts[${String(index)}].other_slug`;
    return other === slug ? [`${at}: "${slug}" has no contract with itself`] : unknownSlug(at, other, slugs);
  });
}

function unknownSlug(at: string, slug: string, slugs: ReadonlySet<string>): string[] {
  if (slugs.has(slug)) return [];
  const similar = [...slugs].find((known) => known.toLowerCase() === slug.toLowerCase());
  return [`${at}: unknown slug "${slug}"${similar === undefined ? '' : `; did you mean "${similar}"?`}`];
}

/** The first cycle that each workstream leads into; one that was named is not named again from another of its members. */
function cycleProblems(placed: readonly Placed[]): string[] {
  const bySlug = new Map(placed.map((one) => [one.slug, one]));
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (one: Placed, path: readonly string[]): void => {
    const start = path.indexOf(one.slug);
    if (start !== -1) {
      const cycle = [...path.slice(start), one.slug];
      const place = bySlug.get(cycle[0] ?? '')?.place ?? '';
      problems.push(`${place}.depends_on: nothing could ever begin: ${cycle.join(' → ')}`);
      return;
    }
    if (done.has(one.slug)) return;
    for (const slug of one.depends_on) {
      const next = bySlug.get(slug);
      if (next !== undefined && slug !== one.slug) visit(next, [...path, one.slug]);
    }
    done.add(one.slug);
  };
  for (const one of placed) visit(one, []);
  return problems;
}
