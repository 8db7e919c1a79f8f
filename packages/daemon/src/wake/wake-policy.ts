/**
 * When an agent is woken, and by which way. Pure: all that counts is handed in.
 *
 * An agent is woken for unread mail that is not marked as status, while its hooks say that it is idle and it waits for nothing itself.
 * A message leads to one wake at most. The budget bounds what two agents that wake each other can spend: so many wakes for a conversation in an
 * hour, so many for an agent in a day, and a gap between two of them; what it holds back is woken for when it allows again.
 */
import { limits } from '@lalia/protocol';
import type { TurnRecord, WakeRecord, WakingMail } from '@lalia/store';
import type { WakeBudget } from '../config.ts';

const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

export interface WakeFacts {
  readonly nowMs: number;
  readonly turn: Pick<TurnRecord, 'state' | 'sinceMs'>;
  readonly lastSeenMs: number;
  /** Blocked in a read: mail gets there by itself. */
  readonly isReading: boolean;
  /** Its harness's process has ended. */
  readonly isGone: boolean;
  /** The names of the ways there are, the best first. */
  readonly routes: readonly string[];
  readonly mail: WakingMail | undefined;
  /** Those of the last 24 hours, the oldest first. */
  readonly attempts: readonly WakeRecord[];
  readonly budget: WakeBudget;
}

export type Verdict =
  | { readonly do: 'leave' }
  /** Nothing now; without a time, until something happens. */
  | {
      readonly do: 'wait';
      readonly for: 'quiet' | 'proof' | 'gap' | 'silence';
      readonly untilMs: number | undefined;
    }
  | {
      readonly do: 'suppress';
      readonly conversationId: number;
      readonly why: string;
      readonly untilMs: number | undefined;
    }
  | {
      readonly do: 'wake';
      readonly route: string;
      readonly conversationId: number;
      readonly isFallback: boolean;
    };

const LEAVE: Verdict = { do: 'leave' };

export function decide(facts: WakeFacts): Verdict {
  const { nowMs, turn, lastSeenMs, isReading, isGone } = facts;
  if (turn.state === 'ended' || turn.state === 'asking' || isReading || isGone) return LEAVE;
  const silentMs = lastSeenMs + limits.WORKING_SILENCE_MS;
  if (turn.state === 'working' && nowMs < silentMs) return { do: 'wait', for: 'silence', untilMs: silentMs };
  if (facts.routes.length === 0 || facts.mail === undefined) return LEAVE;
  const idleSinceMs = turn.state === 'working' ? lastSeenMs : turn.sinceMs;
  const quietMs = idleSinceMs + limits.WAKE_SETTLE_MS;
  if (nowMs < quietMs) return { do: 'wait', for: 'quiet', untilMs: quietMs };
  const tried = facts.attempts.filter(
    ({ attemptedMs, route }) => route !== null && attemptedMs >= idleSinceMs,
  );
  return waitForOutcome(tried) ?? nextRoute(facts, { mail: facts.mail, tried });
}

/** Attempts that a turn should have followed by now. */
export function unproven(attempts: readonly WakeRecord[], nowMs: number): WakeRecord[] {
  return attempts.filter(
    ({ outcome, attemptedMs }) => outcome === 'started' && attemptedMs + limits.WAKE_PROOF_MS <= nowMs,
  );
}

function waitForOutcome(tried: readonly WakeRecord[]): Verdict | undefined {
  const open = tried.find(({ outcome }) => outcome === 'attempting' || outcome === 'started');
  if (open !== undefined) {
    const untilMs = open.outcome === 'started' ? open.attemptedMs + limits.WAKE_PROOF_MS : undefined;
    return { do: 'wait', for: 'proof', untilMs };
  }
  // A person has it before them already; more of the same would pile up there.
  return tried.some(({ outcome }) => outcome === 'held') ? LEAVE : undefined;
}

function nextRoute(
  facts: WakeFacts,
  { mail, tried }: { readonly mail: WakingMail; readonly tried: readonly WakeRecord[] },
): Verdict {
  const failed = tried.filter(
    ({ outcome, throughOrd }) => outcome === 'failed' && throughOrd >= mail.throughOrd,
  );
  const route = facts.routes.find((name) => !failed.some((attempt) => attempt.route === name));
  if (route === undefined) return LEAVE;
  const [first] = failed;
  if (first !== undefined)
    return { do: 'wake', route, conversationId: first.conversationId, isFallback: true };
  return withinBudget(facts, mail, route);
}

function withinBudget({ nowMs, attempts, budget }: WakeFacts, mail: WakingMail, route: string): Verdict {
  const [oldest] = mail.conversations;
  if (oldest === undefined) return LEAVE;
  const counted = attempts.filter((attempt) => attempt.route !== null && !attempt.isFallback);
  const dayMs = freeAgainMs(counted, budget.perAgentAndDay, DAY_MS);
  if (dayMs === undefined || dayMs > nowMs)
    return { do: 'suppress', conversationId: oldest.conversationId, untilMs: dayMs, why: daily(budget) };
  const threads = mail.conversations.map(({ conversationId }) => ({
    conversationId,
    freeMs: freeAgainMs(
      counted.filter((attempt) => attempt.conversationId === conversationId),
      budget.perThreadAndHour,
      HOUR_MS,
    ),
  }));
  const soonest = threads.reduce((best, thread) =>
    (thread.freeMs ?? Number.POSITIVE_INFINITY) < (best.freeMs ?? Number.POSITIVE_INFINITY) ? thread : best,
  );
  const free = threads.find(({ freeMs }) => freeMs !== undefined && freeMs <= nowMs);
  if (free === undefined)
    return {
      do: 'suppress',
      conversationId: soonest.conversationId,
      untilMs: soonest.freeMs,
      why: hourly(budget),
    };
  const gapMs = (counted.at(-1)?.attemptedMs ?? Number.NEGATIVE_INFINITY) + budget.gapMs;
  if (gapMs > nowMs) return { do: 'wait', for: 'gap', untilMs: gapMs };
  return { do: 'wake', route, conversationId: free.conversationId, isFallback: false };
}

/**
 * When fewer than `most` of these attempts lie within the span before; 0: at any time.
 * @returns undefined: never.
 */
function freeAgainMs(counted: readonly WakeRecord[], most: number, spanMs: number): number | undefined {
  if (most === 0) return undefined;
  const oldest = counted.at(-most);
  return oldest === undefined ? 0 : oldest.attemptedMs + spanMs;
}

function hourly({ perThreadAndHour }: WakeBudget): string {
  return `budget: ${String(perThreadAndHour)} wakes an hour for one conversation`;
}

function daily({ perAgentAndDay }: WakeBudget): string {
  return `budget: ${String(perAgentAndDay)} wakes a day for one agent`;
}
