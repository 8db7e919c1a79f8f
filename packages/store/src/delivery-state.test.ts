import { describe, expect, it } from 'vitest';
import {
  DELIVERY_EVENTS,
  DELIVERY_STATES,
  stateAfter,
  statesChangedBy,
  TRANSITIONS,
} from './delivery-state.ts';

describe('the states of a delivery', () => {
  it('never leave read or dropped: what was read stays read, and what was dropped is only in the history', () => {
    for (const event of DELIVERY_EVENTS) {
      expect(TRANSITIONS.read[event]).toBe('read');
      expect(TRANSITIONS.dropped[event]).toBe('dropped');
    }
  });

  it('lead from every event to one state, so that each is one UPDATE', () => {
    for (const event of DELIVERY_EVENTS) {
      const reached = new Set(statesChangedBy(event).map((state) => TRANSITIONS[state][event]));
      expect([...reached]).toEqual([stateAfter(event)]);
    }
  });

  it('drop nothing that a reader holds when a room overflows', () => {
    expect(statesChangedBy('overflow')).toEqual(['unread']);
  });

  it('count a late acknowledgement', () => {
    expect(TRANSITIONS.unread.ack).toBe('read');
  });

  it('are all reached', () => {
    const reached = new Set(DELIVERY_EVENTS.map(stateAfter));
    expect([...reached].sort()).toEqual([...DELIVERY_STATES].sort());
  });
});
