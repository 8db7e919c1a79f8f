/** Names that the person gives to agents (spec 5): bound, following, and stale. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia, type Person } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
let ann: Person;
let codex: Person;

beforeAll(async () => {
  [ann, codex] = (await lalia.people('shop', 'ann', 'codex')) as [Person, Person];
});
afterAll(() => lalia[Symbol.asyncDispose]());

const nickname = (...words: readonly string[]) => lalia.json(['nickname', ...words]);
const refused = (...words: readonly string[]) => lalia.refusal(['nickname', ...words]);

describe.concurrent('a nickname', () => {
  test('is used wherever an agent is named, from any terminal and any project', async () => {
    expect((await lalia.cli(['nickname', 'rev', 'codex@shop'])).stdout).toBe('rev  codex@shop\n');
    const [far] = (await lalia.people('far', 'fay')) as [Person];
    expect(await far.json(['tell', 'rev', 'hello'])).toMatchObject({
      recipient: { agent: { agent_id: codex.id } },
    });
    expect(await far.json(['history', 'rev'])).toMatchObject({ messages: [{ body: 'hello' }] });
    expect(await lalia.json(['whoami', '--as', 'rev'])).toMatchObject({ agent: { agent_id: codex.id } });
    const env = { LALIA_NAME: 'rev' };
    expect(await lalia.json(['whoami'], { env })).toMatchObject({ agent: { agent_id: codex.id } });
    expect((await far.refusal(['tell', 'revv', 'x'])).retry_hint).toContain('rev');
  });

  test('stays with its agent when that one is renamed', async () => {
    const [one] = (await lalia.people('bound', 'one')) as [Person];
    await nickname('nick-bound', 'one@bound');
    await one.says(['rename', 'uno']);
    expect(await ann.json(['tell', 'nick-bound', 'x'])).toMatchObject({
      recipient: { agent: { agent_id: one.id, name: 'uno' } },
    });
  });

  test('of an agent that was unregistered is stale, and says how it is mended', async () => {
    const [gone] = (await lalia.people('staling', 'gone')) as [Person];
    await nickname('nick-stale', gone.id);
    await gone.says(['unregister']);
    const stale = await ann.refusal(['tell', 'nick-stale', 'x']);
    expect(stale).toMatchObject({
      exit: 5,
      reason: 'nickname_stale',
      message: 'The nickname nick-stale was for gone@staling, who was unregistered.',
    });
    expect(stale.retry_hint).toContain('lalia nickname nick-stale ADDRESS');
    expect(stale.retry_hint).toContain('lalia nickname -d nick-stale');
    expect((await lalia.cli(['nickname', 'nick-stale'])).stdout).toMatch(
      /^nick-stale {2}stale: .*unregistered\.\n$/,
    );

    const [heir] = (await lalia.people('staling', 'gone')) as [Person];
    const again = await ann.refusal(['tell', 'nick-stale', 'x']);
    expect(again.retry_hint).toContain('`lalia nickname nick-stale gone@staling`');
    await nickname('nick-stale', 'gone@staling');
    expect(await ann.json(['tell', 'nick-stale', 'x'])).toMatchObject({
      recipient: { agent: { agent_id: heir.id } },
    });
  });

  test('that follows an address leads at each use to whoever has it then', async () => {
    const [first] = (await lalia.people('followed', 'lead')) as [Person];
    expect((await lalia.cli(['nickname', 'nick-follow', 'lead@followed', '--follow'])).stdout).toBe(
      'nick-follow  lead@followed, following lead@followed\n',
    );
    await first.says(['rename', 'deputy']);
    const stale = await ann.refusal(['tell', 'nick-follow', 'x']);
    expect(stale).toMatchObject({
      exit: 5,
      reason: 'nickname_stale',
      context: { reason: 'agent_not_found' },
    });
    expect(stale.retry_hint).toContain('lead is called deputy@followed now.');
    const [second] = (await lalia.people('followed', 'lead')) as [Person];
    expect(await ann.json(['tell', 'nick-follow', 'x'])).toMatchObject({
      recipient: { agent: { agent_id: second.id } },
    });
  });

  test('that follows a bare name means in each project the agent of that project', async () => {
    const [here, there] = [
      await lalia.people('near-a', 'guide', 'ada'),
      await lalia.people('near-b', 'guide', 'ben'),
    ];
    const client = await lalia.connect();
    await client.nicknames.set('nick-near', 'guide', { follow: true, project: 'near-a' });
    for (const [guide, other] of [here, there]) {
      expect(await other?.json(['tell', 'nick-near', 'x'])).toMatchObject({
        recipient: { agent: { agent_id: guide?.id } },
      });
    }
    expect(await ann.refusal(['tell', 'nick-near', 'x'])).toMatchObject({
      reason: 'nickname_stale',
      context: { reason: 'ambiguous_address' },
    });
  });

  test('is listed, shown and deleted, and the agent stays', async () => {
    await using own = new Lalia();
    const person = await own.person('ann', { project: 'listed' });
    expect((await own.cli(['nickname'])).stdout).toMatch(/^no nicknames yet/);
    await own.json(['nickname', 'b', 'ann']);
    await own.json(['nickname', 'a', 'human']);
    expect((await own.cli(['nickname'])).stdout).toBe('a  human\nb  ann@listed\n');
    expect(await own.json(['nickname', 'b'])).toMatchObject({
      nicknames: [{ nickname: 'b', follows: null, stale: null, agent: { agent_id: person.id } }],
    });
    // They outlive the daemon.
    await own.killDaemon();
    expect((await own.cli(['nickname', '-d', 'b'])).stdout).toBe('deleted the nickname b\n');
    expect(await own.refusal(['nickname', 'b'])).toMatchObject({ exit: 5, reason: 'nickname_not_found' });
    expect(await own.refusal(['nickname', '--delete', 'b'])).toMatchObject({ reason: 'nickname_not_found' });
    expect(await own.json(['whoami', '--as', 'ann'])).toMatchObject({ agent: { agent_id: person.id } });
  });

  test('is not in the transcript', async () => {
    await nickname('unwritten', codex.id);
    await ann.says(['tell', 'unwritten', 'x']);
    await lalia.journaled();
    const registry = join(lalia.workspace, 'registry');
    const written = readdirSync(registry).map((name) => readFileSync(join(registry, name), 'utf8'));
    expect(written.join('')).not.toContain('unwritten');
    expect(await git(lalia.workspace, 'log', '--format=%s')).not.toContain('unwritten');
  });
});

describe.concurrent('names and nicknames are kept apart', () => {
  test.each([
    { words: ['codex', 'ann@shop'], exit: 1, reason: 'name_taken' },
    { words: ['human', 'ann@shop'], exit: 1, reason: 'name_reserved' },
    { words: ['LALIA', 'ann@shop'], exit: 1, reason: 'name_reserved' },
    { words: ['a--b', 'ann@shop'], exit: 1, reason: 'invalid_params' },
    { words: ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ann@shop'], exit: 1, reason: 'invalid_params' },
    { words: ['fine', 'nobody@shop'], exit: 5, reason: 'agent_not_found' },
    { words: ['fine', 'nobody@shop', '--follow'], exit: 5, reason: 'agent_not_found' },
    { words: ['fine', '--follow'], exit: 1, reason: 'invalid_params' },
    { words: ['-d'], exit: 1, reason: 'invalid_params' },
    { words: ['-d', 'fine', 'ann@shop'], exit: 1, reason: 'invalid_params' },
    { words: ['--d', 'fine'], exit: 1, reason: 'invalid_params' },
    { words: ['-follow', 'fine'], exit: 1, reason: 'invalid_params' },
  ])('lalia nickname $words is refused: $reason', async ({ words, exit, reason }) => {
    expect(await refused(...words)).toMatchObject({ exit, reason });
  });

  test('nobody registers or is renamed to a nickname', async () => {
    await nickname('kept-free', codex.id);
    const other = await lalia.person('other', { project: 'apart' });
    for (const error of [
      await lalia.refusal(['register', '--name', 'kept-free', '--project', 'apart']),
      await other.refusal(['rename', 'kept-free']),
    ]) {
      expect(error).toMatchObject({ exit: 1, reason: 'name_taken' });
      expect(error.retry_hint).toContain('lalia nickname -d kept-free');
    }
    await nickname('-d', 'kept-free');
    expect(await other.json(['rename', 'kept-free'])).toMatchObject({ agent: { name: 'kept-free' } });
  });

  test('a nickname follows no other nickname', async () => {
    await nickname('first-nick', codex.id);
    expect(await refused('second-nick', 'first-nick', '--follow')).toMatchObject({
      reason: 'invalid_params',
    });
    expect(await nickname('second-nick', 'first-nick')).toMatchObject({
      nicknames: [{ agent: { agent_id: codex.id } }],
    });
  });
});
