/**
 * The states of one message in one mailbox, and every change there is (spec 6, promise 2).
 *
 *               deliver             ack
 *     unread ───────────▶ delivered ───▶ read
 *       ▲  │                  │  │
 *       │  │     release      │  │ overflow, leave
 *       ◀──┼──────────────────┘  │
 *          └─────────────────────┴────▶ dropped
 *
 * `ack` also takes `unread` to `read`: the reader's acknowledgement came after its delivery was put back, and nobody else
 * was handed the message meanwhile. A full room drops what is unread, never what a reader is holding.
 */

export const DELIVERY_STATES = ['unread', 'delivered', 'read', 'dropped'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DELIVERY_EVENTS = ['deliver', 'ack', 'release', 'overflow', 'leave'] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

/** The state after an event; the same state where the event changes nothing. Total, so that the compiler finds a hole. */
export const TRANSITIONS: Readonly<Record<DeliveryState, Readonly<Record<DeliveryEvent, DeliveryState>>>> = {
  unread: { deliver: 'delivered', ack: 'read', release: 'unread', overflow: 'dropped', leave: 'dropped' },
  delivered: {
    deliver: 'delivered',
    ack: 'read',
    release: 'unread',
    overflow: 'delivered',
    leave: 'dropped',
  },
  read: { deliver: 'read', ack: 'read', release: 'read', overflow: 'read', leave: 'read' },
  dropped: { deliver: 'dropped', ack: 'dropped', release: 'dropped', overflow: 'dropped', leave: 'dropped' },
};

/** The states that an event changes, for the WHERE of its UPDATE. */
export function statesChangedBy(event: DeliveryEvent): DeliveryState[] {
  return DELIVERY_STATES.filter((state) => TRANSITIONS[state][event] !== state);
}

/** The one state that an event leads to. */
export function stateAfter(event: DeliveryEvent): DeliveryState {
  const [first = 'unread'] = statesChangedBy(event);
  return TRANSITIONS[first][event];
}
