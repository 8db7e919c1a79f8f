/** People with tasks go away, for a while or for good; each sat at a terminal (spec 8). */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Lalia } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { stream } from './_published.ts';
import { Typist } from './_typist.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

/** A repository with two published tasks, and its supervisor. */
async function published(
  project: string,
): Promise<{ sue: Typist; sitsDown: (name: string) => Promise<Typist> }> {
  const cwd = await lalia.repository(join(`in ${project}`, project));
  writeFileSync(
    join(dirname(cwd), 'tasks.json'),
    JSON.stringify({ workstreams: [stream('schema'), stream('page')] }),
  );
  const sitsDown = (name: string): Promise<Typist> => Typist.sitsDown(lalia, name, { cwd });
  const sue = await sitsDown('sue');
  await sue.types('lalia register --name sue --role supervisor');
  await sue.types('lalia task publish --file ../tasks.json');
  return { sue, sitsDown };
}

describe.concurrent('when people vanish', () => {
  test('the list of a supervisor who is away is taken over, with its rooms; who comes back is told', async () => {
    const { sue, sitsDown } = await published('taken-over');
    const [ann, ron] = [await sitsDown('ann'), await sitsDown('ron')];
    await ann.types('lalia register --name ann --role worker');
    await ann.types('lalia task claim schema');
    await ron.types('lalia register --name ron --role supervisor');
    expect(await ron.isRefused('lalia task handoff ron')).toMatchObject({ code: 7 });

    await sue.leaves();
    const refused = await ron.isRefused('lalia task publish --file ../tasks.json');
    expect(refused).toMatchObject({ code: 6 });
    expect(refused.stderr).toContain('lalia task handoff');
    expect(await ron.types('lalia task handoff ron')).toContain('ron@taken-over is the supervisor');
    expect(await ann.types('lalia read schema')).toContain('| ron supervises schema now');
    expect(await ron.types('lalia history schema --room')).toContain('| # Task schema');
    await ron.types('lalia task set-status schema merged');
    // What was published before is, by whoever it is published again, the same.
    expect(await ron.types('lalia task publish --file ../tasks.json')).toMatch(/^unchanged +page /m);

    const back = await sitsDown('sue');
    await back.types('lalia register --name sue --role supervisor');
    expect(await back.types('lalia read-any')).toContain('| ron took the tasks of taken-over over');
    expect(await back.isRefused('lalia task set-status page merged')).toMatchObject({ code: 6 });
    expect(await back.isRefused('lalia post page hello')).toMatchObject({ code: 5 });
    await back.types('lalia unregister');
  });

  test('a worker that unregisters gives its task back, and the room reads why', async () => {
    const { sue, sitsDown } = await published('given-back');
    const ann = await sitsDown('ann');
    await ann.types('lalia register --name ann --role worker');
    await ann.types('lalia task claim schema');
    await ann.types('lalia unregister');
    expect(await sue.types('lalia task bulletin')).toMatch(/^schema +open +-/m);
    expect(await sue.types('lalia read schema')).toMatch(/\| ann was unregistered, and schema is open again/);
  });

  test('somebody new under an old name is somebody else: the task and its room are not theirs', async () => {
    const { sue, sitsDown } = await published('namesake');
    const ann = await sitsDown('ann');
    await ann.types('lalia register --name ann --role worker');
    await ann.types('lalia task claim schema');
    await ann.types('lalia task set-status schema ready');
    await ann.types('lalia unregister');

    const other = await sitsDown('ann');
    await other.types('lalia register --name ann --role worker');
    expect(await other.isRefused('lalia task set-status schema ready')).toMatchObject({ code: 6 });
    expect(await other.isRefused('lalia history schema --room')).toMatchObject({ code: 5 });
    expect(await other.types('lalia task claim schema')).toContain('claimed schema');
    expect(await sue.types('lalia task list')).toMatch(/^schema +in-progress +ann@namesake \(live\)/m);
  });

  test('who is away keeps its task until it comes back, or until it is given to somebody else', async () => {
    const { sue, sitsDown } = await published('comes-back');
    const [ann, ben] = [await sitsDown('ann'), await sitsDown('ben')];
    for (const [who, slug] of [
      [ann, 'schema'],
      [ben, 'page'],
    ] as const) {
      await who.types(`lalia register --name ${who.name} --role worker`);
      await who.types(`lalia task claim ${slug}`);
      await who.leaves();
    }
    expect(await sue.types('lalia task list')).toMatch(/^schema +in-progress +ann@comes-back \(away\)/m);
    const back = await sitsDown('ann');
    await back.types('lalia register --name ann --role worker');
    expect(await back.types('lalia task claim schema')).toContain('you have schema');
    expect(await back.isRefused('lalia task claim page')).toMatchObject({ code: 1 });

    await sue.types('lalia task reassign page ann');
    expect(await back.types('lalia task claim page')).toContain('claimed page');
    const late = await sitsDown('ben');
    await late.types('lalia register --name ben --role worker');
    expect(await late.types('lalia read-any')).toContain('| sue gave your task page to ann');
    expect(await late.isRefused('lalia task set-status page ready')).toMatchObject({ code: 6 });
  });
});
