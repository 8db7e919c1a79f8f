/** Agents as a scripted daemon knows them, with keys of their own. */

import { writeKeyFile } from '@lalia/keystore';
import {
  type AgentInfo,
  generateKeyPair,
  publicKeyObject,
  type SignedContent,
  verifyRequest,
} from '@lalia/protocol';
import type { Received } from './_scripted-daemon.ts';

export const ALICE = '01KAKCVB4N7Y0Q4E7T2J3R5W6X';
export const BOB = '01KAKCVB4N7Y0Q4E7T2J3R5W6Y';
export const ROOM = '01KAKCVB4N7Y0Q4E7T2J3R5W6Z';
export const MESSAGE = '01KAKCVB4N7Y0Q4E7T2J3R5W70';

export const pair = generateKeyPair();
export const publicKeyText = Buffer.from(pair.publicKey).toString('base64url');

export function agentInfo(changes: Partial<AgentInfo> = {}): AgentInfo {
  return {
    agent_id: ALICE,
    name: 'alice',
    project: 'shop',
    role: 'peer',
    kind: 'agent',
    harness: null,
    model: null,
    repo_url: null,
    repo_root: null,
    main_repo_root: null,
    worktree: null,
    worktree_kind: 'outside',
    branch: null,
    cwd: '/',
    registered_ts: 1,
    last_seen_ts: 1,
    presence: 'live',
    away_since: null,
    turn: null,
    unregistered_ts: null,
    unread: 0,
    ...changes,
  };
}

export function giveKey(keys: string, agentId = ALICE): void {
  writeKeyFile({ dir: keys, agentId }, pair.privateKey);
}

/** Whether a request is signed, by alice, over exactly what arrived. */
export function isSigned({ method, params }: Received): boolean {
  const sig = String(params.auth?.['sig']);
  return verifyRequest({ method, params } as unknown as SignedContent, sig, publicKeyObject(pair.publicKey));
}

/** Answers to identify and resolve, as most tests want them. */
export const knowsAlice = {
  identify: (request: Received) => {
    request.answer({ agent: agentInfo(), how: 'as', public_key: publicKeyText });
  },
  resolve: (request: Received) => {
    const { kind, address } = request.params;
    const isRoom = kind === 'room' || address === 'hall';
    request.answer(
      isRoom ? { kind: 'room', room: { room_id: ROOM } } : { kind: 'agent', agent: { agent_id: BOB } },
    );
  },
};

export function delivery(body: string, changes: Record<string, unknown> = {}) {
  const from = { agent_id: BOB, name: 'bob', project: 'shop', role: 'peer', kind: 'agent' };
  const message = {
    id: MESSAGE,
    seq: 1,
    conversation: { kind: 'channel', with: from },
    from,
    ts: 1,
    reply_to: null,
    needs_answer: false,
    status: false,
    body,
    redelivered: false,
  };
  return { delivery_id: ROOM, messages: [message], dropped: null, remaining: 0, ...changes };
}
