import { agentAddress, ago, lasting, oneLine, type Result, type Waking } from '@lalia/client';
import type { View } from '../command.ts';
import { retentionLine } from './retention-line.ts';
import { table } from './table.ts';
import { attempt, doing } from './turn.ts';

export type DaemonStatus = { readonly running: false } | ({ readonly running: true } & Result<'status'>);

const MIB = 1024 * 1024;

export function daemonStatus(status: DaemonStatus, { nowMs }: View): string {
  if (!status.running) return 'no daemon is running; the next command that needs one starts it\n';
  const { major, minor } = status.protocol;
  const facts: readonly (readonly [string, string])[] = [
    ['daemon', `${status.version}, protocol ${String(major)}.${String(minor)}, Node ${status.node}`],
    ['pid', `${String(status.pid)}, up ${lasting(Math.max(0, nowMs - status.started_ts))}`],
    ['home', status.home],
    ['socket', status.socket],
    ['spool', spoolLine(status)],
    ['workspace', status.workspace],
    ['connections', `${String(status.connections)}, blocked readers ${String(status.blocked_readers)}`],
    ['agents', `${String(status.agents)}, rooms ${String(status.rooms)}`],
    ['messages', `${String(status.messages)}, unread ${String(status.unread)}`],
    ['memory', `${String(Math.round(status.memory_bytes / MIB))} MiB`],
    ['transcript', journalLine(status.journal, nowMs)],
    ['database', retentionLine(status.retention)],
  ];
  const budget = wakeBudget(status.wake_budget);
  const waking = status.waking.map((each) => [agentAddress(each.agent), wakingLine(each, nowMs)]);
  return (
    table([...facts, ['waking', budget] as const].map(([name, value]) => [name, oneLine(value)])) +
    table(waking, { indent: '  ' })
  );
}

function wakeBudget({
  per_thread_and_hour,
  per_agent_and_day,
  gap_ms,
}: Result<'status'>['wake_budget']): string {
  const most = `at most ${String(per_thread_and_hour)} an hour for a conversation, ${String(per_agent_and_day)} a day for an agent`;
  return `${most}, ${String(gap_ms / 1000)}s apart`;
}

function wakingLine({ turn, routes, today, last }: Waking, nowMs: number): string {
  const ways = routes.length === 0 ? 'no way to wake it' : `by ${routes.map(oneLine).join(', ')}`;
  const woken = today === 0 ? '' : `, ${String(today)} in 24h`;
  const latest = last === null ? '' : `; ${attempt(last, nowMs)}`;
  return `${doing(turn)} since ${ago(turn.since_ts, nowMs)}, ${ways}${woken}${latest}`;
}

function spoolLine({ spool, via }: Result<'status'>): string {
  if (spool.error !== null) return `not served: ${spool.error}`;
  return spool.path + (via === 'spool' ? ', which this command came through' : '');
}

function journalLine({ backlog, last_commit_ts, error }: Result<'status'>['journal'], nowMs: number): string {
  const state = backlog === 0 ? 'up to date' : `${String(backlog)} not written yet`;
  const last = last_commit_ts === null ? '' : `, last commit ${ago(last_commit_ts, nowMs)}`;
  return state + last + (error === null ? '' : `; the last attempt failed: ${error}`);
}
