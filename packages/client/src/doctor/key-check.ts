/** Whether everybody registered can sign: the private key is there, can be read, and is the one that belongs to the identity. */
import { keystoreKind, openKeystore } from '@lalia/keystore';
import {
  type Check,
  fails,
  isLaliaError,
  passes,
  privateKeyObject,
  rawPublicKey,
  warns,
} from '@lalia/protocol';
import type { Place } from '../connect.ts';
import type { DatabaseFacts } from './home-facts.ts';

const NAME = 'keys';

type Registered = DatabaseFacts['agents'][number];
type KeyState = 'there' | 'missing' | 'wrong' | 'unreadable';

export async function checkKeys({ env, paths }: Place, facts: DatabaseFacts | null): Promise<Check> {
  if (facts === null) return warns(NAME, 'Who is registered could not be found out.');
  const warnings: string[] = [];
  const keystore = openKeystore({
    kind: keystoreKind(env['LALIA_KEYSTORE']),
    dir: paths.keys,
    warn: (line) => warnings.push(line.replace(/^lalia: /, '')),
  });
  const names: Record<KeyState, string[]> = { there: [], missing: [], wrong: [], unreadable: [] };
  for (const agent of facts.agents) names[await stateOf(agent, (id) => keystore.read(id))].push(agent.name);
  if (names.wrong.length > 0)
    return fails(
      NAME,
      `Not the key of its owner, or no key at all: ${list(names.wrong)}.`,
      'lalia restore FILE --force',
    );
  if (names.unreadable.length > 0)
    return fails(NAME, `Cannot be read: the keys of ${list(names.unreadable)}.`, 'lalia doctor --fix');
  const [warning] = warnings;
  if (warning !== undefined) return warns(NAME, warning, 'unset LALIA_KEYSTORE');
  if (names.missing.length > 0) {
    return warns(
      NAME,
      `Not here: the keys of ${list(names.missing)}; whoever brought its own is well with that.`,
    );
  }
  const { length } = names.there;
  if (length === 0) return passes(NAME, 'Nobody is registered yet.');
  return passes(
    NAME,
    length === 1 ? 'The one key is there and right.' : `All ${String(length)} are there and right.`,
  );
}

async function stateOf(
  { agent_id, public_key }: Registered,
  read: (agentId: string) => Promise<Uint8Array | undefined>,
): Promise<KeyState> {
  try {
    const raw = await read(agent_id);
    if (raw === undefined) return 'missing';
    return Buffer.from(rawPublicKey(privateKeyObject(raw))).toString('base64url') === public_key
      ? 'there'
      : 'wrong';
  } catch (error) {
    return isLaliaError(error) ? 'wrong' : 'unreadable';
  }
}

/** A few names tell whose; more fill the screen. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${String(names.length - 3)} more` : shown;
}
