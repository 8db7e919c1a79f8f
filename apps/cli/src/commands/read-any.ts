import { command } from '../command.ts';
import { handOut } from '../reading.ts';
import { received } from '../render/received.ts';
import { TIMEOUT_FLAG } from '../waiting.ts';

export const readAny = command({
  name: 'read-any',
  group: 'Talk',
  summary: 'Read the oldest unread message from anywhere; waits for one.',
  args: {},
  flags: { timeout: TIMEOUT_FLAG },
  examples: [{ does: 'See whether there is anything, without waiting', line: 'lalia read-any --timeout 0' }],
  run: async ({ flags, session }) => {
    const agent = await session.agent();
    return handOut(await agent.read('any', { timeoutMs: session.waitMs(flags.timeout) }), session);
  },
  render: (result, view) => received(result, { ...view, sources: true }),
});
