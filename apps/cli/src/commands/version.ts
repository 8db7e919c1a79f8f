import { isLaliaError, PROTOCOL_VERSION, VERSION } from '@lalia/client';
import { command } from '../command.ts';
import { type Versions, versions } from '../render/versions.ts';
import type { Session } from '../session.ts';

export const version = command({
  name: 'version',
  group: 'Shell',
  summary: 'Print the versions of lalia, its protocol, Node, and the daemon that runs.',
  args: {},
  flags: {},
  examples: [{ does: 'For the report of a fault', line: 'lalia version --json' }],
  run: async ({ session }): Promise<Versions> => ({
    version: VERSION,
    protocol: PROTOCOL_VERSION,
    node: process.versions.node,
    daemon: await daemonVersion(session),
  }),
  render: versions,
});

/** A daemon that cannot be talked to is no reason to keep the other versions from whoever looks for the cause. */
async function daemonVersion(session: Session): Promise<Versions['daemon']> {
  try {
    const client = await session.runningClient();
    if (client === undefined) return null;
    const { version: running, protocol, node, pid } = await client.call('status', {});
    return { version: running, protocol, node, pid };
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    session.note(`warning: the daemon does not say its version: ${error.message}`);
    return null;
  }
}
