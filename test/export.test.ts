/** `lalia export`: exact lines, pages that no body can break out of, and nothing of others overwritten. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ExactMessage,
  fromBase64Url,
  publicKeyObject,
  signedContentOf,
  verifyRequest,
} from '@lalia/protocol';
import { git, Lalia, type Person } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const NASTY =
  'a\r\n</pre></article><script>alert(1)</script>\n````\n`````\n# title\n<!-- & "quotes" \'\u202e --> é\u0001\n\n';

const lalia = new Lalia();
let alice: Person;
let carol: Person;

beforeAll(async () => {
  const people = await lalia.people('shop', 'alice', 'bob', 'carol');
  [alice, , carol] = people as [Person, Person, Person];
  const [a, b, c] = await Promise.all(people.map((person) => person.sdk()));
  const question = await a?.tell('bob', NASTY, { needsAnswer: true });
  await b?.tell('alice', 'An answer.', { replyTo: question?.id });
  await b?.tell('carol', 'Not for alice.');
  await a?.createRoom('den');
  await b?.join('den');
  await a?.post('den', 'All of you.');
  await c?.tell('bob', 'Secret.');
  await lalia.journaled();
});
afterAll(() => lalia[Symbol.asyncDispose]());

function messagesOf(jsonl: string): ExactMessage[] {
  return jsonl
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExactMessage);
}

test('without a place, JSON Lines of all own conversations come out, exact and with signatures that fit', async () => {
  const messages = messagesOf(await alice.says(['export']));
  expect(messages.map(({ conversation, seq }) => [conversation, seq])).toEqual([
    ['peers/alice--bob', 1],
    ['peers/alice--bob', 2],
    ['rooms/den', 1],
  ]);
  expect(messages[0]).toMatchObject({
    from: 'alice',
    to: 'bob',
    needs_answer: true,
    reply_to: null,
    body: NASTY,
  });
  expect(messages[1]?.reply_to).toBe(messages[0]?.id);
  for (const message of messages) {
    const file = JSON.parse(
      readFileSync(join(lalia.workspace, `registry/${message.from_id}.json`), 'utf8'),
    ) as {
      public_key: string;
    };
    const { prev, reply_to, ...rest } = message;
    const content = signedContentOf({ ...rest, prev: prev ?? undefined, reply_to: reply_to ?? undefined });
    expect(verifyRequest(content, message.sig, publicKeyObject(fromBase64Url(file.public_key)))).toBe(true);
  }
});

test('a transcript, or a clone of it, gives the same lines without a daemon, and those of everybody', async () => {
  const own = messagesOf(await alice.says(['export']));
  const clone = join(lalia.folder, 'clone.git');
  await git(lalia.folder, 'clone', '-q', '--bare', lalia.workspace, clone);
  for (const folder of [[], [clone]]) {
    const { code, stdout } = await lalia.cli(['export', '--transcript', ...folder]);
    expect(code).toBe(0);
    const all = messagesOf(stdout);
    expect(all).toHaveLength(5);
    expect(all).toEqual(expect.arrayContaining(own));
  }
});

test('one conversation alone, also a room', async () => {
  expect(messagesOf(await alice.says(['export', 'den']))).toMatchObject([
    { room: 'den', body: 'All of you.' },
  ]);
  expect(await carol.refusal(['export', 'den', '--room'])).toMatchObject({ reason: 'room_not_found' });
  expect(await carol.says(['export', 'alice'])).toBe('');
});

test('nothing in a body gets out of its place on a page', async () => {
  const html = await alice.says(['export', 'bob', '--format', 'html']);
  expect(html).not.toMatch(/<script|<!-- &/);
  expect(html.match(/<\/article>/g)).toHaveLength(2);
  expect(html).toContain('a&#13;\n&lt;/pre&gt;&lt;/article&gt;&lt;script&gt;');
  expect(html).not.toMatch(/(?:src|href)="(?!#m\d)/);
  const markdown = await alice.says(['export', 'bob', '--format', 'md']);
  expect(markdown).toContain(`\n\`\`\`\`\`\`text\n${NASTY}\`\`\`\`\`\`\n`);
  expect(markdown.match(/^# /gm)).toHaveLength(2);
});

test('a folder gets a file for each conversation; again is the same, and what is not ours stays', async () => {
  const out = join(lalia.folder, 'pages');
  const document = await alice.json<{ files: string[]; content: null }>([
    'export',
    '--format',
    'html',
    '--out',
    out,
  ]);
  expect(document).toMatchObject({ format: 'html', content: null });
  expect(document.files).toEqual(['peers/alice--bob.html', 'rooms/den.html'].map((name) => join(out, name)));
  await alice.says(['export', '--format', 'html', '--out', `${out}/`]);
  expect(readdirSync(join(out, 'peers'))).toEqual(['alice--bob.html']);

  const mine = join(out, 'rooms/den.html');
  writeFileSync(mine, '<p>mine');
  const words = ['export', '--format', 'html', '--out', out];
  expect(await alice.refusal(words)).toMatchObject({ reason: 'needs_force', context: { path: mine } });
  expect(readFileSync(mine, 'utf8')).toBe('<p>mine');
  await alice.says([...words, '--force']);
  expect(readFileSync(mine, 'utf8')).toContain('All of you.');

  symlinkSync(mine, join(lalia.folder, 'link.jsonl'));
  expect(await alice.refusal(['export', '--out', join(lalia.folder, 'link.jsonl')])).toMatchObject({
    reason: 'needs_force',
  });
});

test('what cannot be done is said', async () => {
  mkdirSync(join(lalia.folder, 'empty'));
  expect(await alice.refusal(['export', '--format', 'md'])).toMatchObject({ reason: 'invalid_params' });
  const nowhere = ['export', '--out', '/dev/null/x.jsonl'];
  expect(await alice.refusal(nowhere)).toMatchObject({ reason: 'invalid_params' });
  const none = ['export', '--transcript', join(lalia.folder, 'empty')];
  expect(await lalia.refusal(none)).toMatchObject({ reason: 'invalid_params' });
});
