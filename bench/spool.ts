/**
 * The spool beside the socket: a round trip on an open connection, and a whole `lalia tell`, inside a sandbox that refuses the
 * socket and outside of it. Linux with Python.
 *
 *   npm run build && node --conditions=@lalia/source bench/spool.ts [round trips]
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fail, PROTOCOL_VERSION } from '@lalia/client';
import { dialSpool, type PeerStream } from '@lalia/spool';
import { Lalia, socketCage } from '@lalia/testkit';
import { percentile } from './limits.ts';

const trips = Number(process.argv[2] ?? 2000);
const COMMANDS = 40;

const cage = socketCage();
await using lalia = new Lalia();
await lalia.people('bench', 'alice', 'bob');
const status = await lalia.json<{ socket: string; spool: { path: string } }>(['status']);

compare('round trip', await roundTrips(connect(status.socket)), await roundTrips(await spooled()));
if (cage !== undefined) {
  // The same interpreter before both, so that only the way differs.
  const [python = ''] = cage;
  const bare = [
    python,
    '-c',
    'import ctypes, errno, os, platform, struct, sys; os.execvp(sys.argv[1], sys.argv[1:])',
  ];
  const taken = { socket: [] as number[], spool: [] as number[] };
  // In turns, because the machine has other work too.
  for (let n = 0; n < COMMANDS; n += 1) {
    taken.socket.push(await tell(bare));
    taken.spool.push(await tell(cage));
  }
  compare('lalia tell', taken.socket, taken.spool);
}

async function spooled(): Promise<PeerStream> {
  const outcome = await dialSpool(status.spool.path, {
    nowMs: Date.now,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return {
        cancel: () => {
          clearTimeout(timer);
        },
      };
    },
  });
  if (outcome.kind !== 'connected')
    throw fail('daemon_unavailable', `The spool is not there: ${outcome.kind}.`);
  return outcome.stream;
}

/** Milliseconds of each. */
async function roundTrips(stream: PeerStream): Promise<number[]> {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  const params = { client: 'bench', version: '1', protocol: PROTOCOL_VERSION };
  const taken: number[] = [];
  for (let id = 1; id <= trips; id += 1) {
    const startMs = performance.now();
    stream.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'hello', params })}\n`);
    await lines.next();
    taken.push(performance.now() - startMs);
  }
  stream.destroySoon();
  return taken;
}

/** Milliseconds. */
async function tell(within: readonly string[]): Promise<number> {
  const startMs = performance.now();
  await lalia.cli(['tell', 'bob', 'The parser is done.', '--as', 'alice'], { within });
  return performance.now() - startMs;
}

function compare(what: string, bySocket: number[], bySpool: number[]): void {
  const [socket, spool] = [percentile(bySocket, 0.5), percentile(bySpool, 0.5)];
  const ratio = `${(spool / socket).toFixed(2)} times`;
  console.log(
    `${what.padEnd(14)} socket p50 ${socket.toFixed(2)} ms, spool p50 ${spool.toFixed(2)} ms: ${ratio}`,
  );
}
