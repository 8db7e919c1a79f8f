import { limits } from '@lalia/protocol';
import type { WakeRecord } from '@lalia/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, decide, unproven, type WakeFacts } from './wake-policy.ts';

const NOW = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BUDGET = { perThreadAndHour: 2, perAgentAndDay: 3, gapMs: 10_000 };
const MAIL = { fromOrd: 5, throughOrd: 7, conversations: [{ conversationId: 1, messages: 3 }] };

const IDLE: WakeFacts = {
  nowMs: NOW,
  turn: { state: 'idle', sinceMs: NOW - HOUR },
  lastSeenMs: NOW - HOUR,
  isReading: false,
  isGone: false,
  routes: ['listener', 'bell'],
  mail: MAIL,
  attempts: [],
  budget: BUDGET,
};

function attempt(changes: Partial<WakeRecord> = {}): WakeRecord {
  return {
    wakeId: '01JD8X5Q0Z3M4N5P6Q7R8S9T00',
    agentId: '01JD8X5Q0Z3M4N5P6Q7R8S9T0A',
    conversationId: 1,
    fromOrd: 5,
    throughOrd: 7,
    route: 'listener',
    isFallback: false,
    attemptedMs: NOW - 2 * HOUR,
    outcome: 'woken',
    outcomeMs: null,
    detail: null,
    ...changes,
  };
}

test('an idle agent with unread mail is woken by the first way there is', () => {
  expect(decide(IDLE)).toEqual({ do: 'wake', route: 'listener', conversationId: 1, isFallback: false });
});

describe('nobody is woken', () => {
  test.for<[string, Partial<WakeFacts>]>([
    ['who offered no way', { routes: [] }],
    ['for whom nothing is unread', { mail: undefined }],
    ['who is blocked in a read', { isReading: true }],
    ['whose process has ended', { isGone: true }],
    ['whose session has ended', { turn: { state: 'ended', sinceMs: 0 } }],
    ['while a person is asked', { turn: { state: 'asking', sinceMs: 0 } }],
    [
      'while an earlier attempt is held for a person',
      { attempts: [attempt({ attemptedMs: NOW - 1, outcome: 'held' })] },
    ],
  ])('%s', ([, facts]) => {
    expect(decide({ ...IDLE, ...facts })).toEqual({ do: 'leave' });
  });
});

test('an agent that works is left alone until nothing was heard of it for long', () => {
  const working: WakeFacts = { ...IDLE, turn: { state: 'working', sinceMs: NOW - 3 * HOUR } };
  const silentMs = NOW - MINUTE + limits.WORKING_SILENCE_MS;
  expect(decide({ ...working, lastSeenMs: NOW - MINUTE })).toEqual({
    do: 'wait',
    for: 'silence',
    untilMs: silentMs,
  });
  expect(decide({ ...working, lastSeenMs: NOW - HOUR })).toMatchObject({ do: 'wake' });
});

test('a turn that has just ended is given a moment', () => {
  const sinceMs = NOW - 1;
  const verdict = decide({ ...IDLE, turn: { state: 'idle', sinceMs } });
  expect(verdict).toEqual({ do: 'wait', for: 'quiet', untilMs: sinceMs + limits.WAKE_SETTLE_MS });
});

test('one attempt at a time: the next one waits for its outcome, or for the turn that proves it', () => {
  const attemptedMs = NOW - MINUTE;
  const under = (outcome: WakeRecord['outcome']) =>
    decide({ ...IDLE, attempts: [attempt({ attemptedMs, outcome })] });
  expect(under('attempting')).toEqual({ do: 'wait', for: 'proof', untilMs: undefined });
  const untilMs = attemptedMs + limits.WAKE_PROOF_MS;
  expect(under('started')).toEqual({ do: 'wait', for: 'proof', untilMs });
  const started = attempt({ attemptedMs, outcome: 'started' });
  expect(unproven([started, attempt()], untilMs - 1)).toEqual([]);
  expect(unproven([started, attempt()], untilMs)).toEqual([started]);
});

test('a way that failed is followed by the next one, free of charge, and by none when all have failed', () => {
  const failed = attempt({ attemptedMs: NOW - 1, outcome: 'failed' });
  expect(decide({ ...IDLE, attempts: [failed] })).toEqual({
    do: 'wake',
    route: 'bell',
    conversationId: 1,
    isFallback: true,
  });
  const both = [failed, attempt({ ...failed, route: 'bell', isFallback: true })];
  expect(decide({ ...IDLE, attempts: both })).toEqual({ do: 'leave' });
});

test('mail that came after all ways had failed is worth another attempt, after the gap', () => {
  const attemptedMs = NOW - 1;
  const failed = attempt({ attemptedMs, outcome: 'failed' });
  const attempts = [failed, attempt({ ...failed, route: 'bell', isFallback: true })];
  const more = { ...IDLE, attempts, mail: { ...MAIL, throughOrd: 8 } };
  expect(decide(more)).toEqual({ do: 'wait', for: 'gap', untilMs: attemptedMs + BUDGET.gapMs });
  expect(decide({ ...more, nowMs: attemptedMs + BUDGET.gapMs })).toMatchObject({
    do: 'wake',
    route: 'listener',
  });
});

test('an attempt of which nobody knows what came of it is made again', () => {
  const unknown = attempt({ attemptedMs: NOW - MINUTE, outcome: 'unknown' });
  expect(decide({ ...IDLE, attempts: [unknown] })).toMatchObject({ do: 'wake', route: 'listener' });
});

test('a conversation that has spent its hour leaves the others theirs', () => {
  const spent = [attempt({ attemptedMs: NOW - 59 * MINUTE }), attempt({ attemptedMs: NOW - 58 * MINUTE })];
  const idle = { ...IDLE, turn: { state: 'idle', sinceMs: NOW - MINUTE }, attempts: spent } as const;
  expect(decide(idle)).toEqual({
    do: 'suppress',
    conversationId: 1,
    why: 'budget: 2 wakes an hour for one conversation',
    untilMs: NOW + MINUTE,
  });
  const conversations = [...MAIL.conversations, { conversationId: 2, messages: 1 }];
  expect(decide({ ...idle, mail: { ...MAIL, conversations } })).toMatchObject({
    do: 'wake',
    conversationId: 2,
  });
  expect(decide({ ...idle, nowMs: NOW + MINUTE })).toMatchObject({ do: 'wake', conversationId: 1 });
});

test('an agent that has spent its day is woken for nothing until some of it is a day old', () => {
  const attempts = [3, 2, 1].map((n) => attempt({ attemptedMs: NOW - DAY_MS + n * HOUR, conversationId: n }));
  const verdict = decide({ ...IDLE, attempts: attempts.toReversed() });
  expect(verdict).toMatchObject({ do: 'suppress', untilMs: NOW + HOUR });
});

test('a budget of nothing wakes nobody, ever', () => {
  const never = { do: 'suppress', untilMs: undefined };
  expect(decide({ ...IDLE, budget: { ...BUDGET, perAgentAndDay: 0 } })).toMatchObject(never);
  expect(decide({ ...IDLE, budget: { ...BUDGET, perThreadAndHour: 0 } })).toMatchObject(never);
});

/** Mail for ever and turns at once: what the policy lets through, over some days. */
function wakesOf(pausesMs: readonly number[], conversations: readonly number[]): WakeRecord[] {
  const attempts: WakeRecord[] = [];
  let nowMs = NOW;
  for (const [index, pauseMs] of pausesMs.entries()) {
    nowMs += pauseMs;
    const conversationId = conversations[index % conversations.length] ?? 1;
    const mail = { fromOrd: index, throughOrd: index, conversations: [{ conversationId, messages: 1 }] };
    const turn = { state: 'idle', sinceMs: nowMs - limits.WAKE_SETTLE_MS } as const;
    const verdict = decide({ ...IDLE, nowMs, turn, mail, attempts });
    if (verdict.do === 'wake')
      attempts.push(attempt({ attemptedMs: nowMs, conversationId: verdict.conversationId }));
  }
  return attempts;
}

test('whatever comes when, no hour has more wakes for a conversation, no day more for an agent, no two less than the gap between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 * HOUR }), { maxLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 10 }),
      (pauses, conversations) => {
        const wakes = wakesOf(pauses, conversations);
        for (const [index, { attemptedMs, conversationId }] of wakes.entries()) {
          const before = wakes.slice(0, index + 1).filter((wake) => wake.attemptedMs > attemptedMs - DAY_MS);
          expect(before.length).toBeLessThanOrEqual(BUDGET.perAgentAndDay);
          const thread = before.filter(
            (wake) => wake.conversationId === conversationId && wake.attemptedMs > attemptedMs - HOUR,
          );
          expect(thread.length).toBeLessThanOrEqual(BUDGET.perThreadAndHour);
          const last = wakes[index - 1];
          const gapMs = attemptedMs - (last?.attemptedMs ?? Number.NEGATIVE_INFINITY);
          expect(gapMs).toBeGreaterThanOrEqual(BUDGET.gapMs);
        }
      },
    ),
  );
});
