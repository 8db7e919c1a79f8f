import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dependenciesFirst, type PlannedWorkstream, planProblems } from '../../src/tasks/plan-check.ts';

function workstream(slug: string, more: Partial<PlannedWorkstream> = {}): PlannedWorkstream {
  return { slug, branch: `feat/${slug}`, contracts: [], depends_on: [], ...more };
}

describe('a plan', () => {
  test('that is right has no problems, and may refer to what is published', () => {
    const plan = [
      workstream('api', { depends_on: ['db'], contracts: [{ other_slug: 'ui' }] }),
      workstream('ui', { depends_on: ['api'] }),
    ];
    expect(planProblems(plan, ['db'])).toEqual([]);
  });

  test.each<[string, PlannedWorkstream[], string[]]>([
    [
      'two workstreams of one slug',
      [workstream('a'), workstream('a', { branch: 'b' })],
      ['workstreams[1].slug: "a" is the slug of workstreams[0] already'],
    ],
    [
      'slugs that differ in case only',
      [workstream('a'), workstream('b'), workstream('A')],
      ['workstreams[2].slug: "A" differs from "a" of workstreams[0] in upper and lower case only'],
    ],
    [
      'two workstreams on one branch',
      [workstream('a'), workstream('b', { branch: 'feat/a' })],
      ['workstreams[1].branch: "feat/a" is the branch of workstreams[0] already'],
    ],
    [
      'a branch below another one',
      [workstream('a', { branch: 'x/y/z' }), workstream('b', { branch: 'x' })],
      ['workstreams[0].branch: git has no "x/y/z" beside "x" (workstreams[1])'],
    ],
    [
      'a dependency that there is not',
      [workstream('a'), workstream('b', { depends_on: ['a', 'x'] })],
      ['workstreams[1].depends_on[1]: unknown slug "x"'],
    ],
    [
      'a dependency in other letters',
      [workstream('a'), workstream('b', { depends_on: ['A'] })],
      ['workstreams[1].depends_on[0]: unknown slug "A"; did you mean "a"?'],
    ],
    [
      'a dependency that is there twice',
      [workstream('a'), workstream('b', { depends_on: ['a', 'a'] })],
      ['workstreams[1].depends_on[1]: "a" is there twice'],
    ],
    [
      'a dependency on itself',
      [workstream('a', { depends_on: ['a'] })],
      ['workstreams[0].depends_on[0]: "a" cannot depend on itself'],
    ],
    [
      'a contract with nobody, and one with itself',
      [workstream('a', { contracts: [{ other_slug: 'x' }, { other_slug: 'a' }] })],
      [
        'workstreams[0].contracts[0].other_slug: unknown slug "x"',
        'workstreams[0].contracts[1].other_slug: "a" has no contract with itself',
      ],
    ],
    [
      'a cycle',
      [
        workstream('start', { depends_on: ['a'] }),
        workstream('a', { depends_on: ['b'] }),
        workstream('b', { depends_on: ['a'] }),
      ],
      ['workstreams[1].depends_on: nothing could ever begin: a → b → a'],
    ],
  ])('with %s is told the place', (_, plan, problems) => {
    expect(planProblems(plan, ['db'])).toEqual(problems);
  });
});

/** Dependencies of each of up to twelve workstreams, as indexes. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 4 }), {
    minLength: size,
    maxLength: size,
  }),
);

test('a plan has a cycle if and only if no order has every dependency first', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const plan = graph.map((edges, index) =>
        workstream(`s${String(index)}`, {
          depends_on: edges.filter((edge) => edge !== index).map((edge) => `s${String(edge)}`),
        }),
      );
      const problems = planProblems(plan, []);
      const sorted = dependenciesFirst(plan.map((one) => ({ ...one, dependsOn: one.depends_on })));
      const position = new Map(sorted.map(({ slug }, index) => [slug, index]));
      const isOrdered = sorted.every(({ slug, dependsOn }) =>
        dependsOn.every((other) => (position.get(other) ?? 0) < (position.get(slug) ?? 0)),
      );
      expect(sorted).toHaveLength(plan.length);
      expect(problems.length === 0).toBe(isOrdered);
      for (const problem of problems) expectCycle(problem, plan);
    }),
  );
});

/** What is named as a cycle is one. */
function expectCycle(problem: string, plan: readonly PlannedWorkstream[]): void {
  const names = /: nothing could ever begin: (.*)$/.exec(problem)?.[1]?.split(' → ') ?? [];
  expect(names.length).toBeGreaterThan(2);
  expect(names.at(-1)).toBe(names[0]);
  for (const [index, slug] of names.slice(0, -1).entries()) {
    expect(plan.find((one) => one.slug === slug)?.depends_on).toContain(names[index + 1]);
  }
}
