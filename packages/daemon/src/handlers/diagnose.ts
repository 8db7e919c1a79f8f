import { toBase64Url } from '@lalia/protocol';
import { transcriptIdOf } from '@lalia/store';
import type { OpenHandler } from '../handler.ts';

export const diagnose: OpenHandler<'diagnose'> = ({ config, store, clock }) => ({
  now: clock.nowMs(),
  database: {
    bytes: store.bytes(),
    problems: store.problems(),
    newest_ts: store.conversations.newestMs(),
  },
  transcript: {
    workspace: config.paths.workspace,
    is_ours: store.outbox.transcriptId() === (transcriptIdOf(config.paths.workspace) ?? ''),
  },
  agents: store.registry
    .everybody()
    .filter(({ unregisteredMs }) => unregisteredMs === null)
    .map(({ agentId, name, kind, publicKey }) => ({
      agent_id: agentId,
      name,
      kind,
      public_key: toBase64Url(publicKey),
    })),
});
