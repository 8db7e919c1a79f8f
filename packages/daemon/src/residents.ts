/**
 * The identities that every home has, and that nobody registers: the person at this machine (spec 2), and the daemon itself
 * where it says what has happened. Each has its key in the keystore and its document in the transcript like any agent.
 */
import type { KeyObject } from 'node:crypto';
import {
  DAEMON,
  generateKeyPair,
  HUMAN,
  isLaliaError,
  privateKeyObject,
  rawPublicKey,
} from '@lalia/protocol';
import type { AgentRecord, ResidentKind } from '@lalia/store';
import type { Context } from './context.ts';

/** An identity with the key that it signs with. */
export interface Speaker {
  readonly agent: AgentRecord;
  readonly key: KeyObject;
}

const NAMES: Readonly<Record<ResidentKind, string>> = { human: HUMAN, daemon: DAEMON };

const NOWHERE = {
  repo_url: null,
  repo_root: null,
  main_repo_root: null,
  worktree: null,
  worktree_kind: 'outside',
  branch: null,
  cwd: '/',
} as const;

/** Makes the identities that are not there yet, and lets the daemon speak. */
export async function introduceResidents(context: Context): Promise<void> {
  if (context.store.registry.resident('human') === undefined) await introduce(context, 'human');
  context.announcer.speakAs((await knownDaemon(context)) ?? (await introduce(context, 'daemon')));
}

/**
 * The daemon as it was known before. Without its key it cannot be that identity any more: the transcript checks what it says
 * against the public half. So that one ends, as an agent does that is unregistered.
 * @returns undefined when a new one is needed.
 */
async function knownDaemon(context: Context): Promise<Speaker | undefined> {
  const { store, keystore, clock, chronicle, log } = context;
  const agent = store.registry.resident('daemon');
  if (agent === undefined) return undefined;
  const key = await keyOf(context, agent);
  if (key !== undefined) return { agent, key };
  log('daemon_key_lost', { agent_id: agent.agentId });
  const unregisteredMs = clock.nowMs();
  await store.commits.run(() => {
    store.registry.unregister(agent.agentId, unregisteredMs);
    chronicle.agent({ ...agent, unregisteredMs }, 'unregistered');
  });
  await keystore.delete(agent.agentId);
  return undefined;
}

/** @returns undefined when there is no key, or not the one that belongs to the identity. */
async function keyOf({ keystore }: Context, agent: AgentRecord): Promise<KeyObject | undefined> {
  try {
    const raw = await keystore.read(agent.agentId);
    const key = raw && privateKeyObject(raw);
    return key !== undefined && Buffer.from(agent.publicKey).equals(rawPublicKey(key)) ? key : undefined;
  } catch (error) {
    if (isLaliaError(error) && error.reason === 'key_missing') return undefined;
    throw error;
  }
}

/** A new identity; its key is on disk before it is, so that there is none that nobody can use. */
async function introduce(context: Context, kind: ResidentKind): Promise<Speaker> {
  const { store, keystore, clock, chronicle } = context;
  const { privateKey, publicKey } = generateKeyPair();
  const nowMs = clock.nowMs();
  const agent: AgentRecord = {
    agentId: clock.newId(),
    name: NAMES[kind],
    project: null,
    role: 'peer',
    kind,
    publicKey,
    harness: null,
    model: null,
    harnessSession: null,
    anchor: null,
    location: NOWHERE,
    registeredMs: nowMs,
    lastSeenMs: nowMs,
    leaseUntilMs: nowMs,
    unregisteredMs: null,
    lastReadId: null,
  };
  await keystore.write(agent.agentId, privateKey);
  await store.commits.run(() => {
    store.registry.insert(agent);
    chronicle.agent(agent, 'registered');
  });
  return { agent, key: privateKeyObject(privateKey) };
}
