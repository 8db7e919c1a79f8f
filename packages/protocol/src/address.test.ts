import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, checkName, formatAddress, parseAddress } from './address.ts';
import { isName, isUlid } from './ids.ts';

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const nameCharacter = fc.constantFrom(...'ABCxyz019._-');

/** A name that does not look like an id: such a name can be had, but only its id finds its owner. */
const name = fc
  .string({ unit: nameCharacter, minLength: 1, maxLength: 64 })
  .filter((text) => isName(text) && !isUlid(text));
const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes(':'));
const worktree = fc.string({ unit: 'grapheme', minLength: 1 });

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.constant<Address>({ kind: 'id', id: ID }),
  fc.tuple(name, fc.option(part), fc.option(part), fc.option(worktree)).map(
    ([bare, project, branch, tree]): Address => ({
      kind: 'name',
      name: bare,
      project: project ?? undefined,
      branch: (project !== null && branch) || undefined,
      worktree: (project !== null && branch !== null && tree) || undefined,
    }),
  ),
);

test('every address reads back as it was written', () => {
  fc.assert(
    fc.property(address, (value) => {
      expect(parseAddress(formatAddress(value))).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('every text is an address that is written the same, or is refused', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', '.', '-', '@', ':', ' ', 'é') });
  fc.assert(
    fc.property(text, (value) => {
      let parsed: Address;
      try {
        parsed = parseAddress(value);
      } catch {
        return;
      }
      expect(formatAddress(parsed)).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['codex', { name: 'codex' }],
  ['codex@lalia', { name: 'codex', project: 'lalia' }],
  ['codex@lalia:feat/auth', { name: 'codex', project: 'lalia', branch: 'feat/auth' }],
  ['codex@lalia:main:wt/a:b', { name: 'codex', project: 'lalia', branch: 'main', worktree: 'wt/a:b' }],
  ['codex@a@b', { name: 'codex', project: 'a@b' }],
])('%s is read as its parts', (text, parts) => {
  const none = { project: undefined, branch: undefined, worktree: undefined };
  expect(parseAddress(text)).toEqual({ kind: 'name', ...none, ...parts });
});

test('a text in the form of a ULID is an id, in upper case only', () => {
  expect(parseAddress(ID)).toEqual({ kind: 'id', id: ID });
  expect(parseAddress(ID.toLowerCase()).kind).toBe('name');
});

test.each(['', '@', 'a@', '@p', 'a@p:', 'a@:b', 'a@p::w', 'a@p:b:', 'a--b', '../../x', 'a b', 'é', 'a\n'])(
  '%j is not an address',
  (text) => {
    expect(() => parseAddress(text)).toThrow(/is not (an address|a name)/);
  },
);

test('a refused name is shown on one short line, without what could drive a terminal', () => {
  expect(() => checkName('a\u001b[31m\nb')).toThrow('"a?[31m?b" is not a name.');
  expect(() => checkName('x'.repeat(1000))).toThrow(`"${'x'.repeat(77)}..." is not a name.`);
});
