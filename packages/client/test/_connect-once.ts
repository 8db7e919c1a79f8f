/** A process of its own that connects, says which daemon answered, and leaves. */
import { connect } from '../src/index.ts';

await using client = await connect({ clientName: 'one of many' });
const { pid } = await client.call('status', {});
process.stdout.write(`${String(pid)}\n`);
