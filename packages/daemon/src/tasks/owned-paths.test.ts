import { isLaliaError } from '@lalia/protocol';
import { describe, expect, it, test } from 'vitest';
import { normalPath, overlaps, ownersOf } from './owned-paths.ts';

function owner(slug: string, ...ownedPaths: string[]) {
  return { slug, ownedPaths };
}

describe('a path is somebody’s', () => {
  const cases: [pattern: string, path: string, isOwned: boolean][] = [
    ['src/auth/', 'src/auth/login.ts', true],
    ['src/auth/', 'src/auth', true],
    ['src/auth/', 'lib/src/auth/login.ts', false],
    ['src/auth', 'src/auth/deep/er.ts', true],
    ['/README.md', 'README.md', true],
    ['/README.md', 'docs/README.md', false],
    ['*.sql', 'db/1.sql', true],
    ['docs/**', 'docs/a/b.md', true],
    ['docs/*', 'docs/a.md', true],
    ['**/test/', 'packages/store/test/a.ts', true],
    ['src/Auth/', 'src/auth/login.ts', false],
    ['\\!important', '!important', true],
    ['a b/ü.md', 'a b/ü.md', true],
    ['Makefile', 'tools/Makefile', true],
    ['build/', 'packages/a/build/x', true],
    ['src/*/gen/', 'src/a/gen/b/c.ts', true],
    ['src/*/gen/', 'src/a/gen', true],
    ['src/*/gen/', 'src/gen/a', false],
    ['*', 'anything/at/all', true],
  ];
  it.each(cases)('%s has %s: %s', async (pattern, path, isOwned) => {
    const found = await ownersOf([path], [owner('one', 'never/', pattern), owner('two')]);
    expect(found.map(({ owners }) => owners.map((match) => [match.owner.slug, match.pattern]))).toEqual(
      isOwned ? [[['one', pattern]]] : [],
    );
  });
});

test('of several owners each is named, with its own pattern', async () => {
  const [found] = await ownersOf(
    ['src/api/x.ts'],
    [owner('api', 'src/api/'), owner('types', '*.ts'), owner('docs', '*.md')],
  );
  expect(found?.owners.map(({ owner: { slug }, pattern }) => [slug, pattern])).toEqual([
    ['api', 'src/api/'],
    ['types', '*.ts'],
  ]);
});

describe('a path is taken from the root, however it is written', () => {
  it.each([
    ['./src/a.ts', 'src/a.ts'],
    ['/src/a.ts', 'src/a.ts'],
    ['src\\auth\\a.ts', 'src/auth/a.ts'],
    ['src//./auth/', 'src/auth'],
    ['..a/b', '..a/b'],
  ])('%s is %s', (given, normal) => {
    expect(normalPath(given)).toBe(normal);
  });

  it.each(['../a', 'a/../../b', '..', '.', '/', '..\\a'])('%s is refused', (path) => {
    const refused = (() => {
      try {
        return normalPath(path);
      } catch (error) {
        return isLaliaError(error) && error.reason;
      }
    })();
    expect(refused).toBe('invalid_params');
  });
});

describe('two workstreams own the same', () => {
  const cases: [one: string, other: string, files: string[], path: string | undefined][] = [
    ['src/', 'src/', [], 'src/'],
    ['src/', 'src/auth/', [], 'src/auth/'],
    ['/src', 'src/auth/login.ts', [], 'src/auth/login.ts'],
    ['docs/**', 'docs/guide/*.md', [], 'docs/guide/*.md'],
    ['docs/*', 'docs/[ab].md', [], 'docs/[ab].md'],
    ['*.ts', 'src/', ['README.md', 'src/a.ts'], 'src/a.ts'],
    ['*.ts', 'src/', ['README.md', 'src/a.js'], undefined],
    ['src/a/', 'src/b/', ['src/a/1', 'src/b/1'], undefined],
    ['src/a', 'src/ab', ['src/a/1', 'src/ab/1'], undefined],
  ];
  it.each(cases)('%s and %s with %j: %s', async (one, other, files, path) => {
    const expected = path === undefined ? [] : [{ slugs: ['one', 'other'], path }];
    const workstreams = [owner('one', one), owner('other', other), owner('third')];
    expect(await overlaps(workstreams, files)).toEqual(expected);
  });

  it('is said once of each pair', async () => {
    const three = ['a', 'b', 'c'].map((slug) => owner(slug, 'src/', 'docs/'));
    const found = await overlaps(three, ['src/1', 'docs/1']);
    expect(found.map(({ slugs }) => slugs)).toEqual([
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'c'],
    ]);
  });
});
