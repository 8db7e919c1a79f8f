import fc from 'fast-check';
import ignore from 'ignore';
import { expect, test } from 'vitest';
import { PatternIndex } from './pattern-index.ts';

const name = fc.constantFrom('a', 'b', 'ab', 'a.b');
const wildcard = fc.constantFrom('*', '**', '?', 'a*', '[ab]', '\\a');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const pattern = fc
  .tuple(
    fc.constantFrom('', '/'),
    fc.array(fc.oneof({ weight: 2, arbitrary: name }, wildcard), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/'),
  )
  .map(([start, segments, end]) => `${start}${segments.join('/')}${end}`);

test('the index finds what trying every pattern finds', () => {
  fc.assert(
    fc.property(fc.array(fc.array(pattern, { maxLength: 4 }), { maxLength: 4 }), path, (patterns, wanted) => {
      const owners = patterns.map((ownedPaths, position) => ({ slug: `t${String(position)}`, ownedPaths }));
      const tried = owners.flatMap(({ slug, ownedPaths }) => {
        const first = ownedPaths.find((one) => {
          const matcher = ignore({ ignorecase: false }).add({ pattern: one });
          return matcher.ignores(wanted) || matcher.ignores(`${wanted}/`);
        });
        return first === undefined ? [] : [[slug, first]];
      });
      const found = new PatternIndex(owners).matches(wanted);
      expect(found.map((match) => [match.owner.slug, match.pattern])).toEqual(tried);
    }),
    { numRuns: 3000 },
  );
});
