/** What this machine can do at all, measured in the same run as everything that is compared with it. */
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The driver belongs to the store alone; a measurement of the raw machine borrows it from there.
const Database = createRequire(new URL('../packages/store/package.json', import.meta.url))(
  'better-sqlite3',
) as new (
  path: string,
) => {
  pragma(text: string): void;
  exec(sql: string): void;
  prepare(sql: string): { run(...values: unknown[]): void };
  close(): void;
};

/** Calls a second, for work that is repeated for a while. */
export function perSecond(work: () => void, forMs = 1500): number {
  const startMs = performance.now();
  let count = 0;
  while (performance.now() - startMs < forMs) {
    work();
    count += 1;
  }
  return (count * 1000) / (performance.now() - startMs);
}

/** Rows a second that are on disk when the transaction ends, with so many rows in each. */
export function syncedRowsPerSecond(rowsPerTransaction: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'lalia-limit-'));
  const db = new Database(join(folder, 'raw.db'));
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE raw (body TEXT) STRICT');
  const insert = db.prepare('INSERT INTO raw VALUES (?)');
  const body = 'x'.repeat(400);
  const transactions = perSecond(() => {
    db.exec('BEGIN');
    for (let row = 0; row < rowsPerTransaction; row += 1) insert.run(body);
    db.exec('COMMIT');
  });
  db.close();
  rmSync(folder, { recursive: true });
  return transactions * rowsPerTransaction;
}

/** Ed25519 verifications a second, of a message as long as a request. */
export function verificationsPerSecond(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(400, 'x');
  const signature = sign(null, message, privateKey);
  return perSecond(() => {
    verify(null, message, publicKey, signature);
  });
}

/** Lines a second to another process and back over a Unix socket, with so many under way. */
export async function roundTripsPerSecond(inFlight: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lalia-limit-'));
  const path = join(folder, 'sock');
  const echo = `require('net').createServer((s) => s.on('data', (d) => s.write(d))).listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', echo], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const socket = connect(path);
  const line = `${'x'.repeat(600)}\n`;
  const { promise, resolve } = Promise.withResolvers<number>();
  const startMs = performance.now();
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs > 1500) resolve((bytes / line.length / elapsedMs) * 1000);
    else socket.write(line.repeat(Math.max(1, Math.round(chunk.length / line.length))));
  });
  socket.write(line.repeat(inFlight));
  const rate = await promise;
  socket.destroy();
  child.kill();
  await once(child, 'close');
  rmSync(folder, { recursive: true });
  return rate;
}

/** Milliseconds of a process that does nothing; the median of some. */
export function bareNodeMs(): number {
  return medianMs(() => spawnSync(process.execPath, ['-e', '0']), 21);
}

/** The median time of some repetitions, in milliseconds. */
export function medianMs(work: () => void, times: number): number {
  const taken = Array.from({ length: times }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  return percentile(taken, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** What one thread that verifies, writes and answers could do if nothing else cost anything. */
export function inOneThread(...rates: readonly number[]): number {
  return 1 / rates.reduce((seconds, rate) => seconds + 1 / rate, 0);
}
