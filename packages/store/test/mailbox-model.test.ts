/**
 * The mailbox against a small model of it, over random histories of sends, reads, acknowledgements, releases, overflows, failed
 * transactions and restarts (spec 6, promises 2 and 4). A failing run prints its seed and its shortest history.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DELIVERY_EVENTS, TRANSITIONS } from '../src/delivery-state.ts';
import { type Action, MailboxRun, ROOM } from './_mailbox-model.ts';

const conversation = fc.integer({ min: 0, max: ROOM });
/** Which of the deliveries so far, counted from the latest. */
const delivery = fc.integer({ min: 0, max: 5 });

const history: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), conversation }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('failed send' as const), conversation }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        from: fc.oneof(conversation, fc.constant('any' as const)),
        max: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('ack' as const), delivery }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), delivery }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { maxLength: 40 },
);

test('whatever happens, a reader gets each message of a conversation in order, until it acknowledges, and never after', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      await using run = await MailboxRun.begin();
      for (const action of actions) await run.perform(action);
      await run.readOut();
      run.checkPromises();
    }),
    { numRuns: 120 },
  );
});

test('the table of states says where every event leads, and every state but the last two can be left', () => {
  const lasting = Object.entries(TRANSITIONS).filter(([state, next]) =>
    DELIVERY_EVENTS.every((event) => next[event] === state),
  );
  expect(lasting.map(([state]) => state)).toEqual(['read', 'dropped']);
});
