/**
 * Search over a long history: real daemon, real socket, a database that was filled beforehand.
 *
 *   npm run build && node --conditions=@lalia/source bench/search.ts [messages]
 */
import { join } from 'node:path';
import { type Agent, fail, type SearchOptions } from '@lalia/client';
import { ulidSource } from '@lalia/protocol';
import { openStore } from '@lalia/store';
import { Lalia } from '@lalia/testkit';
import { percentile } from './limits.ts';

const total = Number(process.argv[2] ?? 100_000);
/** The goal for the median, in milliseconds. */
const GOAL_MS = 50;

await using lalia = new Lalia();
const [alice, bob, carol] = await lalia.people('bench', 'alice', 'bob', 'carol');
const eve = await lalia.person('eve', { project: 'bench' });
if (alice === undefined || bob === undefined || carol === undefined)
  throw fail('internal', 'three were asked for');
await lalia.cli(['stop']);
await fill();
console.log(
  `${String(total)} messages; ${(await indexing()).toFixed(0)} ms for the first search, which indexes them all`,
);

const reader = await alice.sdk();
await measure('a rare word', reader, ['w19000', 'w15321', 'w12345']);
await measure('a common word', reader, ['w1', 'w2', 'w3']);
await measure('two words', reader, ['w5 w40', 'w12 w7', 'w300 w2']);
await measure('a phrase', reader, ['"w1 w2"', '"w3 w1"', '"w2 w9"']);
await measure('a beginning', reader, ['w12*', 'w199*', 'w7*']);
await measure('a word that is nowhere', reader, ['nowhere', 'xyzzy']);
await measure('a common word, of one sender', reader, ['w1', 'w2'], { from: 'carol' });
await measure('a common word, in a small channel', reader, ['w1', 'w2'], { in: { peer: 'eve' } });
await measure('a common word, who has few messages', await eve.sdk(), ['w1', 'w2']);

/** History of alice with bob and carol, of those two with each other, and a little with eve. */
async function fill(): Promise<void> {
  const store = openStore(join(lalia.home, 'lalia.db'), {
    beforeCommit: () => undefined,
    afterCommit: () => undefined,
    failpoint: () => undefined,
  });
  if (store === undefined) throw fail('internal', 'the daemon still has the database');
  const newId = ulidSource(() => Date.now());
  const pairs = [
    [alice, bob],
    [alice, carol],
    [bob, carol],
  ] as const;
  for (let n = 0; n < total; ) {
    await store.commits.run(() => {
      for (const end = Math.min(total, n + 1000); n < end; n += 1) {
        const [a, b] = n % 10_000 === 0 ? ([alice, eve] as const) : (pairs[n % 3] ?? pairs[0]);
        const pair = [a, b].map((person) => ({ agentId: person?.id ?? '', name: person?.name ?? '' }));
        const [one, other] = pair;
        if (one === undefined || other === undefined) throw fail('internal', 'a pair has two');
        store.conversations.append(store.conversations.openChannel([one, other]), {
          id: newId(),
          sender: n % 2 === 0 ? one.agentId : other.agentId,
          senderName: n % 2 === 0 ? one.name : other.name,
          targetName: other.name,
          ts: Date.now(),
          acceptedMs: Date.now(),
          replyTo: null,
          needsAnswer: false,
          status: false,
          body: text(n),
          nonce: 'n',
          sig: 's',
        });
      }
    });
  }
  store.close();
}

/** Forty words of 20,000, the first ones often and the last ones seldom, as in a language; the same in every run. */
function text(n: number): string {
  let seed = n + 1;
  return Array.from({ length: 40 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return `w${String(Math.floor(20_000 ** (seed / 2_147_483_648)))}`;
  }).join(' ');
}

async function indexing(): Promise<number> {
  const agent = await alice?.sdk();
  const startMs = performance.now();
  await agent?.search('w1');
  return performance.now() - startMs;
}

async function measure(what: string, agent: Agent, queries: readonly string[], options: SearchOptions = {}) {
  const taken: number[] = [];
  let hits = 0;
  for (let n = 0; n < 20 * queries.length; n += 1) {
    const startMs = performance.now();
    const found = await agent.search(queries[n % queries.length] ?? '', options);
    taken.push(performance.now() - startMs);
    hits = Math.max(hits, found.hits.length);
  }
  const p50 = percentile(taken, 0.5);
  console.log(
    `${what.padEnd(40)} p50 ${p50.toFixed(1).padStart(6)} ms, p99 ${percentile(taken, 0.99).toFixed(1).padStart(6)} ms, ${String(hits).padStart(2)} hits${p50 > GOAL_MS ? '  over the goal' : ''}`,
  );
}
