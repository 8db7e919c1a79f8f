/** The person at this machine (spec 2). */
import { generateKeyPair, HUMAN } from '@lalia/protocol';
import type { Context } from './context.ts';

/** Makes the person's identity, which is one like any other and there from the beginning. */
export async function introduceHuman(context: Context): Promise<void> {
  const { store, keystore, clock, chronicle } = context;
  if (store.registry.human() !== undefined) return;
  const { privateKey, publicKey } = generateKeyPair();
  const agentId = clock.newId();
  await keystore.write(agentId, privateKey);
  const nowMs = clock.nowMs();
  const nowhere = {
    repo_url: null,
    repo_root: null,
    main_repo_root: null,
    worktree: null,
    worktree_kind: 'outside',
    branch: null,
    cwd: '/',
  } as const;
  const agent = {
    agentId,
    name: HUMAN,
    project: null,
    role: 'peer',
    human: true,
    publicKey,
    harness: null,
    model: null,
    harnessSession: null,
    anchor: null,
    location: nowhere,
    registeredMs: nowMs,
    lastSeenMs: nowMs,
    leaseUntilMs: nowMs,
    unregisteredMs: null,
    lastReadId: null,
  } as const;
  await store.commits.run(() => {
    store.registry.insert(agent);
    chronicle.agent(agent, 'registered');
  });
}
