/**
 * The message path: durable sends, latency to a blocked reader, memory. Real daemon, real socket; limits of the machine beside.
 *
 *   npm run build && node --conditions=@lalia/source bench/messages.ts [messages]
 *
 * Tells a second mean something on a quiet machine only; the processor time beside them (Linux) also on a busy one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Agent, type Client, fail } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import {
  inOneThread,
  percentile,
  roundTripsPerSecond,
  syncedRowsPerSecond,
  verificationsPerSecond,
} from './limits.ts';

const total = Number(process.argv[2] ?? 20_000);
const body = 'The parser is done; the tests are in test/parser. Please have a look at the error messages.';

const verifications = verificationsPerSecond();
print('limit: Ed25519 verifications', verifications);
const limits = new Map<number, number>();
for (const inFlight of [1, 16, 64]) {
  const rows = syncedRowsPerSecond(inFlight);
  const trips = await roundTripsPerSecond(inFlight);
  print(`limit: synced rows, ${String(inFlight)} a transaction`, rows);
  print(`limit: socket round trips, ${String(inFlight)} in flight`, trips);
  limits.set(inFlight, inOneThread(verifications, rows, trips));
}

await using lalia = new Lalia();
await using client = await lalia.connect();
const [alice, bob] = [await agent(client, 'alice'), await agent(client, 'bob')];
await sends(500, 64);
for (const inFlight of [1, 16, 64]) {
  const count = inFlight === 1 ? 1500 : 5000;
  const before = processorTime();
  const rate = await sends(count, inFlight);
  print(`tell, durable, ${String(inFlight)} in flight`, rate, limits.get(inFlight));
  const after = processorTime();
  const spent = Object.keys(after).map(
    (part) => `${part} ${(((after[part] ?? 0) - (before[part] ?? 0)) / count).toFixed(0)}`,
  );
  console.log(`${'  processor time, µs a tell'.padEnd(52)} ${spent.join(', ')}`);
}
await latency('carol', 'while the journal catches up', 2000);
await lalia.journaled();
await latency('erin', 'at rest', 2000);
await memory();

/** Tells a second, each durable when it counts. */
async function sends(count: number, inFlight: number): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (; next < count; next += 1) await alice.tell(bob.id, body);
    }),
  );
  return (count * 1000) / (performance.now() - startMs);
}

/** From the call of `tell` until a reader that is blocked has the message. */
async function latency(name: string, when: string, count: number): Promise<void> {
  const recipient = await agent(client, name);
  await using readerClient = await lalia.connect();
  const reader = await readerClient.resume(recipient.id);
  const taken: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const reading = reader.read('any');
    await readerListens(recipient.id);
    const startMs = performance.now();
    const telling = alice.tell(recipient.id, body);
    const delivery = await reading;
    taken.push(performance.now() - startMs);
    await telling;
    await delivery.ack();
  }
  console.log(
    `${`tell to blocked reader, ${when}`.padEnd(52)} p50 ${percentile(taken, 0.5).toFixed(2)} ms, p99 ${percentile(taken, 0.99).toFixed(2)} ms`,
  );
}

async function readerListens(agentId: string): Promise<void> {
  while (true) {
    const { agents } = await client.call('agents', { agent_id: agentId });
    if (agents[0]?.presence === 'listening') return;
  }
}

/** The daemon's memory with blocked readers, before and after a lot of history. */
async function memory(): Promise<void> {
  await using readers = await lalia.connect();
  const dave = await agent(readers, 'dave');
  const ended = new AbortController();
  const blocked = Array.from({ length: 200 }, async () =>
    dave.read('any', { signal: ended.signal }).catch(() => undefined),
  );
  await listeners(200);
  console.log(`${'daemon, 200 blocked readers'.padEnd(52)} ${mebibytes()} MiB`);
  await sends(total, 64);
  console.log(`${`daemon, the same and ${String(total)} messages more`.padEnd(52)} ${mebibytes()} MiB`);
  await lalia.journaled();
  console.log(`${'daemon, with all of it in git'.padEnd(52)} ${mebibytes()} MiB`);
  ended.abort();
  await Promise.all(blocked);
}

async function listeners(count: number): Promise<void> {
  while (true) if ((await client.call('status', {})).blocked_readers >= count) return;
}

/** Microseconds that this process and the daemon's threads have worked; nothing where the system does not tell. */
function processorTime(): Record<string, number> {
  const { user, system } = process.cpuUsage();
  const spent: Record<string, number> = { 'this client': user + system };
  const pid = String(lalia.daemonPid);
  if (process.platform !== 'linux') return spent;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    const name = thread === pid ? "daemon's main" : readFileSync(`${folder}/comm`, 'utf8').trim();
    const [nanoseconds = '0'] = readFileSync(`${folder}/schedstat`, 'utf8').split(' ');
    spent[name] = (spent[name] ?? 0) + Number(nanoseconds) / 1000;
  }
  return spent;
}

/** Resident memory of the daemon, as the system counts it. */
function mebibytes(): string {
  const pid = lalia.daemonPid;
  if (pid === undefined) throw fail('daemon_unavailable', 'The daemon is gone.');
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  return (Number(kib) / 1024).toFixed(0);
}

async function agent(on: Client, name: string): Promise<Agent> {
  return (await on.register({ name })).agent;
}

function print(what: string, rate: number, limit?: number): void {
  const ratio =
    limit === undefined ? '' : `  ${(rate / limit).toFixed(2)} of the limit (${limit.toFixed(0)}/s)`;
  console.log(`${what.padEnd(52)} ${rate.toFixed(0).padStart(8)}/s${ratio}`);
}
