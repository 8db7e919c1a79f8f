import { type Delivery, fail } from '@lalia/client';
import { expect, test } from 'vitest';
import { handOut } from './reading.ts';
import type { Session } from './session.ts';

/** A session that keeps what a command leaves with it. */
function recorder() {
  const steps: (() => Promise<void>)[] = [];
  const notes: string[] = [];
  const session: Pick<Session, 'afterPrinting' | 'note'> = {
    afterPrinting: (step) => {
      steps.push(step);
    },
    note: (text) => {
      notes.push(text);
    },
  };
  return { session, steps, notes };
}

function delivery(ack: () => Promise<void>): Delivery {
  return { id: '', messages: [], dropped: null, remaining: 0, ack, release: () => Promise.resolve() };
}

test('what was handed out is acknowledged after it was printed, and not before', async () => {
  let acknowledged = 0;
  const { session, steps } = recorder();
  const ack = () => {
    acknowledged += 1;
    return Promise.resolve();
  };
  handOut(delivery(ack), session);
  expect(acknowledged).toBe(0);
  for (const step of steps) await step();
  expect(acknowledged).toBe(1);
});

test('who cannot acknowledge is told that the message comes again', async () => {
  const { session, steps, notes } = recorder();
  handOut(
    delivery(() => Promise.reject(fail('connection_lost', 'The daemon went away.'))),
    session,
  );
  for (const step of steps) await step();
  expect(notes).toEqual([
    'warning: this could not be acknowledged and will be shown again: The daemon went away.',
  ]);
});

test('a bug while acknowledging is not passed over', async () => {
  const { session, steps } = recorder();
  handOut(
    delivery(() => Promise.reject(new TypeError('oops'))),
    session,
  );
  await expect(steps[0]?.()).rejects.toThrow('oops');
});
