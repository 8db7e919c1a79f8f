/** Which names an agent may take. */
import { DAEMON, fail, HUMAN } from '@lalia/protocol';
import type { Store } from '@lalia/store';
import type { Context } from './context.ts';

/** @throws LaliaError `name_reserved` for the names of the identities that nobody registers. */
export function checkReserved(name: string): void {
  const lowerCase = name.toLowerCase();
  if (lowerCase === HUMAN) throw fail('name_reserved', `"${name}" is the person at this machine.`);
  if (lowerCase === DAEMON) throw fail('name_reserved', `"${name}" is the daemon itself.`);
}

export interface WantedName {
  readonly name: string;
  readonly project: string | null;
}

/**
 * Sees to it that an agent can have a name, in the transaction in which it gets it.
 * @throws LaliaError `name_reserved`, `name_taken`.
 */
export function checkFree({ store, views }: Context, { name, project }: WantedName): void {
  checkReserved(name);
  checkNoNickname(store, name);
  const holder = store.registry.byName(name, project);
  if (holder === undefined) return;
  throw fail(
    'name_taken',
    `${name} is the name of another agent${project === null ? '' : ` in ${project}`}.`,
    {
      context: { agent: views.agentRef(holder) },
    },
  );
}

/**
 * Keeps names and nicknames apart, so that a name never leads to somebody else than its agent.
 * @throws LaliaError `name_taken` for a name that is a nickname.
 */
export function checkNoNickname(store: Store, name: string): void {
  if (store.nicknames.get(name) === undefined) return;
  throw fail('name_taken', `${name} is a nickname that the person gave to an agent.`, {
    context: { nickname: name },
    hint: `Choose another name; \`lalia nickname -d ${name}\` makes it free.`,
  });
}
