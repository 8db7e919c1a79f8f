import { PROTOCOL_VERSION } from '@lalia/protocol';
import type { OpenHandler } from '../handler.ts';
import { wakingList } from '../wake/waking-view.ts';
import { retentionState } from './retention.ts';

export const status: OpenHandler<'status'> = (context, { connection }) => {
  const { config, store, journal, waiters, lifecycle } = context;
  const { wakes } = config;
  const { lastCommitMs, error } = journal.status();
  return {
    version: config.version,
    protocol: PROTOCOL_VERSION,
    node: process.versions.node,
    pid: process.pid,
    started_ts: lifecycle.startedMs,
    home: config.paths.home,
    socket: config.paths.socket,
    spool: connection.spool === null ? lifecycle.spool : { path: connection.spool, error: null },
    via: connection.spool === null ? 'socket' : 'spool',
    workspace: config.paths.workspace,
    connections: lifecycle.connections,
    blocked_readers: waiters.count,
    agents: store.registry.list({ all: false }).filter(({ kind }) => kind === 'agent').length,
    rooms: store.rooms.list().length,
    messages: store.conversations.countMessages(),
    unread: store.mailboxes.unreadAll(),
    memory_bytes: process.memoryUsage.rss(),
    journal: { backlog: store.outbox.backlog(), last_commit_ts: lastCommitMs, error },
    wake_budget: {
      per_thread_and_hour: wakes.perThreadAndHour,
      per_agent_and_day: wakes.perAgentAndDay,
      gap_ms: wakes.gapMs,
    },
    waking: wakingList(context),
    retention: retentionState(context),
  };
};
