/** Looking back over a conversation (spec 6): pages from either end, since a number or a time, all of it as lines. */
import type { MessageView, Result } from '@lalia/client';
import { Lalia, type Person } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { verifies } from './promises.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

type Page = Result<'history'>;

/** Two agents, and a channel with so many messages. */
async function channel(project: string, count: number): Promise<readonly [Person, Person]> {
  const [alice, bob] = (await lalia.people(project, 'alice', 'bob')) as [Person, Person];
  const sender = await alice.sdk();
  for (let n = 1; n <= count; n += 1) await sender.tell(bob.id, `message ${String(n)}`);
  return [alice, bob];
}

const numbers = ({ messages }: { readonly messages: readonly Pick<MessageView, 'seq'>[] }): number[] =>
  messages.map(({ seq }) => seq);

/** The numbers of a page, and what it says of the others. */
async function page(person: Person, ...args: string[]) {
  const found = await person.json<Page>(['history', 'bob', ...args]);
  return { seqs: numbers(found), more: found.more, earlier: found.earlier };
}

describe.concurrent('history', () => {
  test('shows the newest page, and from there the ones before it up to the first message', async () => {
    const [alice] = await channel('back', 7);
    expect(await page(alice, '--limit', '3')).toEqual({ seqs: [5, 6, 7], more: false, earlier: true });
    const text = await alice.says(['history', 'bob', '--limit', '3']);
    expect(text.split('\n').slice(-2)).toEqual(['there are earlier messages: --before 5', '']);
    expect(await page(alice, '--limit', '3', '--before', '5')).toEqual({
      seqs: [2, 3, 4],
      more: false,
      earlier: true,
    });
    expect(await page(alice, '--limit', '3', '--before', '2')).toEqual({
      seqs: [1],
      more: false,
      earlier: false,
    });
    expect(await alice.says(['history', 'bob', '--before', '2'])).toMatch(/\| message 1\n$/);
    expect(await page(alice, '--before', '1')).toEqual({ seqs: [], more: false, earlier: false });
    expect((await page(alice, '--before', '9000')).seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('goes forward from a number, and says how to get the page that follows', async () => {
    const [alice] = await channel('forward', 5);
    expect(await page(alice, '--since', '1', '--limit', '2')).toEqual({
      seqs: [2, 3],
      more: true,
      earlier: false,
    });
    expect(await alice.says(['history', 'bob', '--since', '1', '--limit', '2'])).toMatch(
      /\n\nthere are later messages: --since 3\n$/,
    );
    expect(await page(alice, '--since', '3', '--limit', '2')).toEqual({
      seqs: [4, 5],
      more: false,
      earlier: false,
    });
    expect((await page(alice, '--since', '1', '--before', '4')).seqs).toEqual([2, 3]);
    expect((await page(alice, '--since', '90')).seqs).toEqual([]);
  });

  test('goes forward from a time, which is a date or so long ago', async () => {
    const [alice] = await channel('times', 6);
    const { messages } = await alice.json<Page>(['history', 'bob']);
    for (const { ts } of messages) {
      const later = messages.filter((message) => message.ts >= ts).map(({ seq }) => seq);
      expect((await page(alice, '--since', new Date(ts).toISOString())).seqs).toEqual(later);
    }
    expect((await page(alice, '--since', '1h')).seqs).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await page(alice, '--since', '2199-01-01')).seqs).toEqual([]);
    expect(await page(alice, '--since', '1h', '--limit', '2')).toMatchObject({ seqs: [1, 2], more: true });
    expect(await alice.refusal(['history', 'bob', '--since', 'yesterday'])).toMatchObject({
      reason: 'invalid_params',
      message: '--since takes the number of a message, a date or a length of time, not "yesterday".',
    });
  });

  test('with --jsonl prints a message a line, byte for byte, and with --all every one', async () => {
    const [alice, bob] = await channel('lines', 3);
    const odd = 'a\nb\tc \u2028 \x1b[2J "quoted" 你好\r';
    await (await bob.sdk()).tell(alice.id, odd);
    const { code, stdout, stderr } = await alice.cli(['history', 'bob', '--jsonl', '--limit', '2']);
    const lines = stdout.split('\n').slice(0, -1);
    const parsed = lines.map((line) => JSON.parse(line) as MessageView);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'there are earlier messages: --before 3\n' });
    expect(parsed.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(parsed.at(-1)?.body).toBe(odd);
    const all = await alice.cli(['history', 'bob', '--jsonl', '--all']);
    expect(all.stderr).toBe('');
    const { messages } = await alice.json<Page>(['history', 'bob']);
    expect(
      all.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as MessageView),
    ).toEqual(messages);
    const none = await alice.cli(['history', 'bob', '--jsonl', '--since', '50']);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test.each([
    { flags: ['--jsonl', '--json'], message: '--jsonl and --json exclude each other.' },
    { flags: ['--all', '--json'], message: 'One document with all messages could be larger than memory.' },
    { flags: ['--all', '--limit', '3'], message: '--all and --limit exclude each other.' },
    { flags: ['--before', '0'], message: '--before takes a number from 1 to 9007199254740991, not "0".' },
  ])('refuses $flags', async ({ flags, message }) => {
    const { code, stdout, stderr } = await lalia.cli(['history', 'bob', ...flags]);
    expect(code).toBe(1);
    expect(flags.includes('--json') ? stdout : stderr).toContain(message);
  });

  test('gives pages of bodies that fill an answer, without a message twice or not at all', async () => {
    const [alice, bob] = await channel('large', 0);
    const sender = await alice.sdk();
    const large = 'x'.repeat(1024 * 1024 - 100);
    for (let n = 1; n <= 5; n += 1) await sender.tell(bob.id, `${String(n)}${large}`);
    const newest = await sender.history({ peer: bob.id });
    expect(newest).toMatchObject({ more: false, earlier: true });
    expect(newest.messages.at(-1)?.seq).toBe(5);
    const pages: number[][] = [];
    for await (const found of sender.historyPages({ peer: bob.id })) pages.push(numbers(found));
    expect(pages.flat()).toEqual([1, 2, 3, 4, 5]);
    expect(pages.length).toBeGreaterThan(1);
  });
});

verifies(['promise.5.private'], 'history of others is not there, however it is asked for', async () => {
  const [alice, bob] = await channel('private', 2);
  await alice.says(['room', 'create', 'den']);
  await alice.says(['post', 'den', 'secret']);
  const eve = await lalia.person('eve', { project: 'private' });
  for (const args of [[], ['--since', '0'], ['--since', '1h'], ['--before', '9'], ['--all'], ['--jsonl']]) {
    // Her own channel with bob is another one.
    expect((await eve.cli(['history', bob.id, ...args])).stdout).toMatch(/^(no messages\n)?$/);
    const { code, stdout, stderr } = await eve.cli(['history', 'den', '--room', ...args]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('reason: room_not_found');
  }
});
