/** What a turn did not take in: the model that would have gone on for it has stopped. */
import type { Context } from '../context.ts';
import type { HeldDelivery } from '../held-deliveries.ts';

/** Notes, in the transaction that is open, that a delivery was given back. */
export function givenBack(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  { agentId, turn }: HeldDelivery,
): void {
  const known = turn?.isLast === true ? store.turns.get(agentId) : undefined;
  if (known?.state === 'working') store.turns.put({ ...known, state: 'idle', sinceMs: clock.nowMs() });
}
