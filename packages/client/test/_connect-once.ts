/** A process of its own that connects, says which daemon answered, and leaves. */
import { connect } from '../src/index.ts';

const client = await connect({ clientName: 'one of many' });
const { pid } = await client.call('status', {});
process.stdout.write(`${String(pid)}\n`);
// Not "await using": this file runs as it is, and Node 22 does not know that.
await client.close();
