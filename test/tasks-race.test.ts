/** Twenty workers want ten tasks: each task has one owner, and each worker one task (spec 8). */
import { type Agent, captureSession, isLaliaError, type Task } from '@lalia/client';
import { Lalia } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stream, Workshop } from './_published.ts';
import { historyOf } from './faults/_transcript.ts';

const WORKERS = 20;
const TASKS = 10;
const ROUNDS = 100;

const lalia = new Lalia();
const slugs = Array.from({ length: TASKS }, (_, index) => `t${String(index)}`);
let shop: Workshop;
let workers: Agent[];

beforeAll(async () => {
  shop = await Workshop.open(lalia, 'race');
  await shop.publish(...slugs.map((slug) => stream(slug)));
  workers = await Promise.all(Array.from({ length: WORKERS }, (_, index) => worker(`w${String(index)}`)));
});
afterAll(() => lalia[Symbol.asyncDispose]());

describe('of twenty workers who race for ten tasks', () => {
  test('a hundred times over, ten get one each, and no two the same', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Whatever can be had in one round, a certain one, which two of them want, in the next.
      const claims = workers.map((agent, index) =>
        won(agent, round % 2 === 0 ? 'any' : { slug: slugs[(index + round) % TASKS] ?? '' }),
      );
      const winners = await Promise.all(claims);
      expectOneEach(winners);
      await expectOwners(winners);
      await Promise.all(
        winners.map(async (task, index) => {
          if (task !== undefined) await workers[index]?.tasks.release(task.slug);
        }),
      );
    }
    const open = await shop.listed();
    expect(open.map(({ slug, status, owner }) => [slug, status, owner])).toEqual(
      slugs.map((slug) => [slug, 'open', null]),
    );
  });

  test('in twenty processes, ten are told which they have, and ten that there is nothing left', async () => {
    const ended = await Promise.all(
      workers.map(({ id }) =>
        lalia.cli(['task', 'claim', '--any', '--json', '--as', id], { cwd: shop.repository }),
      ),
    );
    const winners = ended.map(({ code, stdout }) =>
      code === 0 ? (JSON.parse(stdout) as { readonly task: Task }).task : undefined,
    );
    expectOneEach(winners);
    await expectOwners(winners);
    for (const { code, stdout } of ended.filter((one) => one.code !== 0)) {
      expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
        code: 1,
        error: { code: 1, reason: 'task_not_claimable' },
      });
    }
  });

  test('the room of each task has its owner in it, and nobody who lost', async () => {
    for (const { slug, owner } of await shop.listed()) {
      const { members } = await shop.supervisor.participants(slug);
      expect(members.map(({ agent_id }) => agent_id).toSorted()).toEqual(
        [shop.supervisor.id, owner?.agent_id].toSorted(),
      );
      expect(await historyOf(shop.supervisor, { room: slug })).toHaveLength(1);
    }
    await lalia.journaled();
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
  });
});

/** A worker on a connection of its own. */
async function worker(name: string): Promise<Agent> {
  const client = await lalia.connect();
  const session = captureSession({ cwd: shop.repository, env: lalia.env });
  return (await client.register({ name, role: 'worker', session })).agent;
}

/** @returns undefined when others were faster. */
async function won(agent: Agent, target: Parameters<Agent['tasks']['claim']>[0]): Promise<Task | undefined> {
  try {
    const { task, claimed_now } = await agent.tasks.claim(target);
    expect(claimed_now).toBe(true);
    return task;
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    expect(error.reason).toBe(target === 'any' ? 'task_not_claimable' : 'task_taken');
    return undefined;
  }
}

function expectOneEach(winners: readonly (Task | undefined)[]): void {
  const had = winners.flatMap((task) => (task === undefined ? [] : [task.slug]));
  expect(had.toSorted()).toEqual(slugs);
}

/** What the winners were told is what everybody sees. */
async function expectOwners(winners: readonly (Task | undefined)[]): Promise<void> {
  const told = winners.flatMap((task, index) =>
    task === undefined ? [] : [[task.slug, workers[index]?.id, 'in-progress']],
  );
  const seen = (await shop.listed()).map(({ slug, owner, status }) => [slug, owner?.agent_id, status]);
  expect(told.toSorted()).toEqual(seen);
}
