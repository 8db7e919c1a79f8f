/**
 * The address grammar (spec 5):
 *
 *     address  = ulid / name [ "@" project [ ":" branch [ ":" worktree ] ] ]
 *
 * A name has no `@`; a project has no `:`; git allows no `:` in a branch. So the first `@` and the next two `:` are
 * the separators, and a worktree may contain anything.
 */
import { fail } from './errors.ts';
import { isName, isUlid, type Ulid } from './ids.ts';

export type Address =
  | { readonly kind: 'id'; readonly id: Ulid }
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly project: string | undefined;
      readonly branch: string | undefined;
      readonly worktree: string | undefined;
    };

/**
 * Parses the address of an agent or a room.
 * @throws LaliaError `invalid_params` that says which part is wrong.
 */
export function parseAddress(text: string): Address {
  if (isUlid(text)) return { kind: 'id', id: text };
  const at = text.indexOf('@');
  if (at === -1)
    return {
      kind: 'name',
      name: checkName(text),
      project: undefined,
      branch: undefined,
      worktree: undefined,
    };
  const name = checkName(text.slice(0, at));
  const [project = '', branch, ...rest] = text.slice(at + 1).split(':');
  const worktree = rest.length === 0 ? undefined : rest.join(':');
  if (project === '' || branch === '' || worktree === '') {
    throw fail('invalid_params', `"${shown(text)}" is not an address: a part after the @ is empty.`, {
      hint: 'An address is NAME, NAME@PROJECT, NAME@PROJECT:BRANCH or NAME@PROJECT:BRANCH:WORKTREE.',
    });
  }
  return { kind: 'name', name, project, branch, worktree };
}

/** Writes an address so that `parseAddress` reads the same one. */
export function formatAddress(address: Address): string {
  if (address.kind === 'id') return address.id;
  const { name, project, branch, worktree } = address;
  if (project === undefined) return name;
  const parts = [project, branch, worktree].filter((part) => part !== undefined);
  return `${name}@${parts.join(':')}`;
}

/**
 * Checks a name of an agent or a room.
 * @returns the name itself.
 * @throws LaliaError `invalid_params` that says what a name looks like.
 */
export function checkName(name: string): string {
  if (isName(name)) return name;
  throw fail('invalid_params', `"${shown(name)}" is not a name.`, {
    hint: 'A name has 1 to 64 letters, digits, ".", "_" or "-", starts with a letter or digit, and has no "--".',
    context: { name: shown(name) },
  });
}

/** Text from outside, short and on one line, to be shown in an error. */
function shown(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/gu, '?');
  return printable.length <= 80 ? printable : `${printable.slice(0, 77)}...`;
}
