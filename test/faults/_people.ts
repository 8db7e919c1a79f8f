/** Agents that tests hold in their own process, each on a connection of its own, so that one can be cut off alone. */

import type { KeyObject } from 'node:crypto';
import type { Agent, Client } from '@lalia/client';
import { generateKeyPair, privateKeyObject } from '@lalia/protocol';
import type { Lalia } from '@lalia/testkit';

export interface Person {
  readonly client: Client;
  readonly agent: Agent;
  /** What it signs with, for requests that are written by hand. */
  readonly key: KeyObject;
}

/** A session of no harness and no terminal: it never ends by itself. */
const SESSION = {
  envName: null,
  harness: null,
  model: null,
  harnessSession: null,
  anchor: null,
  location: {
    repo_url: null,
    repo_root: null,
    main_repo_root: null,
    worktree: null,
    worktree_kind: 'outside',
    branch: null,
    cwd: '/',
  },
  project: null,
} as const;

/** Registers an agent on a new connection. */
export async function person(lalia: Lalia, name: string): Promise<Person> {
  const client = await lalia.connect();
  const { privateKey } = generateKeyPair();
  const { agent } = await client.register({ name, session: SESSION, privateKey });
  return { client, agent, key: privateKeyObject(privateKey) };
}

/** Registers an agent whose key is in the keystore, so that commands find it with `--as`. */
export async function resident(lalia: Lalia, name: string): Promise<Agent> {
  const client = await lalia.connect();
  const { agent } = await client.register({ name, session: SESSION });
  return agent;
}

/** The same agent on another connection. */
export async function again(lalia: Lalia, agent: Agent): Promise<{ client: Client; agent: Agent }> {
  const client = await lalia.connect();
  return { client, agent: await client.resume(agent.id) };
}
