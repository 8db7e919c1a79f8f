/** What becomes of agents that nobody uses any more (spec 5). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { captureSession, type Result } from '@lalia/client';
import { becomes, Lalia } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';
import { Crew } from './_crew.ts';

type Collected = Result<'agents_gc'>;

/** Lets the session of an agent end: the process that it depends on is not there. */
async function away(lalia: Lalia, name: string, project: string): Promise<string> {
  const client = await lalia.connect();
  const session = captureSession({ cwd: lalia.folder, env: lalia.env });
  const anchor = { pid: 2 ** 22, started: 'never', kind: 'terminal' } as const;
  const { agent } = await client.register({ name, project, session: { ...session, anchor } });
  return agent.id;
}

const namesOf = ({ agents }: Collected): string[] => agents.map(({ name }) => name).toSorted();

describe.concurrent('agents gc', () => {
  test('unregisters who was unseen for so long, as unregister does, and says who', async () => {
    await using lalia = new Lalia();
    const [live, friend] = await lalia.people('shop', 'live', 'friend');
    const gone = await away(lalia, 'gone', 'shop');
    const goner = await lalia.agent(gone);
    await friend?.says(['room', 'create', 'den']);
    await goner.join('den');
    await friend?.says(['tell', 'gone', 'never read']);

    const dry = await live?.json<Collected>(['agents', 'gc', '--older-than', '0', '--dry-run']);
    expect(dry).toMatchObject({ dry_run: true, agents: [{ agent_id: gone, unread: 1 }] });
    expect(await live?.json(['participants', 'den']).catch(() => 'not a member')).toBe('not a member');
    expect(await live?.says(['agents', 'gc'])).toBe('no agents to unregister\n');
    expect(await live?.says(['agents', 'gc', '--older-than', '0d'])).toMatch(
      /^unregistered gone@shop, last seen .*\n$/,
    );
    const { members } = (await friend?.json<Result<'participants'>>(['participants', 'den'])) ?? {
      members: [],
    };
    expect(members.map(({ name }) => name)).toEqual(['friend']);
    await becomes(() => !existsSync(join(lalia.home, 'keys', `${gone}.key`)));
    expect(await friend?.refusal(['tell', 'gone', 'x'])).toMatchObject({ reason: 'agent_not_found' });
    await lalia.journaled();
    const written = readFileSync(join(lalia.workspace, 'registry', `${gone}.json`), 'utf8');
    expect(written).toContain('unregistered_at');
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
  });

  test('never takes the person, the daemon, the caller, or who is there', async () => {
    await using lalia = new Lalia();
    await lalia.people('shop', 'live');
    const caller = await away(lalia, 'caller', 'shop');
    await away(lalia, 'gone', 'shop');
    const env = { LALIA_NAME: caller };
    const collected = await lalia.json<Collected>(['agents', 'gc', '--older-than', '0'], { env });
    expect(namesOf(collected)).toEqual(['gone']);
    expect(
      await (await lalia.human()).json(['agents', 'gc', '--older-than', '0', '--dry-run']),
    ).toMatchObject({
      agents: [{ name: 'caller' }],
    });
  });

  test('spares who holds an open task or a task list, until the task is merged', async () => {
    await using lalia = new Lalia();
    const crew = await Crew.of(lalia, 'busy', { slug: 'auth', branch: 'feat-auth', brief: 'Do it.' });
    const wes = await crew.joins('wes');
    const idle = await crew.joins('idle');
    await wes.says(['task', 'claim', 'auth']);
    for (const person of [crew.supervisor, wes, idle]) await crew.sessionEnds(person);
    const human = await lalia.human();
    const gc = () => human.json<Collected>(['agents', 'gc', '--older-than', '0', '--dry-run']);
    expect(namesOf(await gc())).toEqual(['idle']);
    await wes.says(['task', 'set-status', 'auth', 'ready']);
    await crew.supervisor.says(['task', 'set-status', 'auth', 'merged']);
    expect(namesOf(await gc())).toEqual(['idle', 'wes']);
  });

  test.each(['x', '-1', '40000', '1w'])('--older-than %s is refused', async (days) => {
    await using lalia = new Lalia();
    expect(await lalia.refusal(['agents', 'gc', '--older-than', days, '--as', 'human'])).toMatchObject({
      exit: 1,
      reason: 'invalid_params',
    });
  });
});
