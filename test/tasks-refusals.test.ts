/** What the commands on tasks refuse, each with its exit code and its reason (spec 8, 10). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reason, Result } from '@lalia/client';
import { becomes, git, Lalia, type Person, type Refusal } from '@lalia/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { Crew } from './_crew.ts';
import { stream } from './_published.ts';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

function expectRefused(refused: Refusal, exit: number, reason: Reason): void {
  expect(refused, refused.message).toMatchObject({ exit, code: exit, reason });
  expect(refused.stderr).toBe('');
  expect(refused.retry_hint).not.toBe('');
}

/** Publishes, and expects that some workstreams were refused. @returns the reason or the outcome of each. */
async function publishInPart(
  person: Person,
  file: string,
): Promise<{ readonly code: number | null; readonly kinds: string[] }> {
  const { code, stdout } = await person.cli(['task', 'publish', '--file', file, '--json']);
  const { outcomes } = JSON.parse(stdout) as Result<'task_publish'>;
  return { code, kinds: outcomes.map(({ outcome, error }) => error?.reason ?? outcome) };
}

describe.concurrent('a supervisor’s command', () => {
  test('is refused to workers and peers with not_supervisor, 6', async () => {
    const crew = await Crew.of(lalia, 'roles', stream('a'));
    const [worker, peer] = [await crew.joins('wim'), await crew.joins('pia', 'peer')];
    const file = crew.plan({ workstreams: [stream('b')] });
    for (const args of [
      ['publish', '--file', file],
      ['unpublish', 'a'],
      ['unassign', 'a'],
      ['reassign', 'a', 'pia'],
      ['set-status', 'a', 'merged'],
      ['handoff', 'pia'],
      ['gc'],
      ['guard', 'install'],
    ]) {
      expectRefused(await worker.refusal(['task', ...args]), 6, 'not_supervisor');
    }
    expectRefused(await peer.refusal(['task', 'unassign', 'a']), 6, 'not_supervisor');
  });

  test('is refused to a second supervisor: publishing and taking over with supervisor_busy, 7', async () => {
    const crew = await Crew.of(lalia, 'rivals', stream('a'));
    const rival = await crew.joins('ron', 'supervisor');
    const publishing = await rival.refusal([
      'task',
      'publish',
      '--file',
      crew.plan({ workstreams: [stream('b')] }),
    ]);
    expectRefused(publishing, 7, 'supervisor_busy');
    expect(publishing.message).toContain('sue');
    expectRefused(await rival.refusal(['task', 'handoff', 'ron']), 7, 'supervisor_busy');
    expectRefused(await rival.refusal(['task', 'unpublish', 'a']), 6, 'not_supervisor');
    expectRefused(await rival.refusal(['task', 'set-status', 'a', 'merged']), 6, 'not_supervisor');
    await crew.sessionEnds(crew.supervisor);
    await rival.json(['task', 'handoff', 'ron']);
    await rival.json(['task', 'set-status', 'a', 'merged']);
  });

  test('unregister is refused while a task is not merged: supervisor_busy, 7', async () => {
    const { supervisor } = await Crew.of(lalia, 'leaving', stream('a'), stream('b'));
    await supervisor.json(['task', 'set-status', 'a', 'merged']);
    const refused = await supervisor.refusal(['unregister']);
    expectRefused(refused, 7, 'supervisor_busy');
    expect(refused.message).toContain('b');
    await supervisor.json(['task', 'set-status', 'b', 'merged']);
    await supervisor.json(['unregister']);
  });

  test('in another repository or for another project: project_identity_mismatch, 8', async () => {
    const crew = await Crew.of(lalia, 'mine');
    const elsewhere = await lalia.repository('theirs');
    const publish = ['task', 'publish', '--file'];
    const file = crew.plan({ workstreams: [stream('a')] });
    const refusals = [
      await crew.supervisor.refusal([...publish, file], { cwd: elsewhere }),
      await crew.supervisor.refusal([...publish, file], { cwd: lalia.folder }),
      await crew.refusesPlan({ project: 'theirs', workstreams: [stream('a')] }, 'project.json'),
      await crew.refusesPlan({ repo_root: elsewhere, workstreams: [stream('a')] }, 'root.json'),
      await crew.refusesPlan({ repo_root: '/nowhere', workstreams: [stream('a')] }, 'nowhere.json'),
      await crew.refusesPlan({ repo_root: lalia.folder, workstreams: [stream('a')] }, 'outside.json'),
      await crew.refusesPlan(
        { repo_root: join(crew.repository, '.git'), workstreams: [stream('a')] },
        'git.json',
      ),
    ];
    for (const refused of refusals) expectRefused(refused, 8, 'project_identity_mismatch');
    expect(await crew.supervisor.json<Result<'task_list'>>(['task', 'list'])).toMatchObject({ tasks: [] });
  });

  test('handing off to somebody who cannot have the list says why', async () => {
    const { supervisor, ...crew } = await Crew.of(lalia, 'heirs', stream('a'));
    const elsewhere = await lalia.repository('far/heirs');
    await lalia.person('far', { cwd: elsewhere, role: 'supervisor', project: 'heirs' });
    await lalia.person('wim', { cwd: crew.repository, role: 'worker' });
    expectRefused(await supervisor.refusal(['task', 'handoff', 'wim']), 6, 'not_supervisor');
    expectRefused(await supervisor.refusal(['task', 'handoff', 'far']), 8, 'project_identity_mismatch');
    expectRefused(await supervisor.refusal(['task', 'handoff', 'nobody']), 5, 'agent_not_found');
  });
});

describe.concurrent('publishing takes nothing over', () => {
  test('a path, a branch and a room in use refuse their workstream, and the others stand', async () => {
    const crew = await Crew.of(lalia, 'in-use', stream('there'));
    mkdirSync(crew.worktree('path'));
    await crew.supervisor.json(['room', 'create', 'room']);
    const plan = crew.plan({
      workstreams: [
        stream('path'),
        stream('branch', { branch: 'main' }),
        stream('room'),
        stream('there', { brief: 'Something else.' }),
        stream('after', { depends_on: ['room'] }),
        stream('free'),
      ],
    });
    expect(await publishInPart(crew.supervisor, plan)).toEqual({
      code: 1,
      kinds: ['path_in_use', 'branch_in_use', 'room_exists', 'task_exists', 'task_not_found', 'published'],
    });
    const shown = await crew.supervisor.cli(['task', 'publish', '--file', plan]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/^refused +branch +The branch main is .*\(branch_in_use\)/m);
    expect(shown.stdout).toMatch(/^unchanged +free /m);
  });

  test('a repository without commits: no_commits', async () => {
    const empty = join(lalia.folder, 'without commits');
    mkdirSync(empty);
    await git(empty, 'init', '-q', '-b', 'main');
    const supervisor = await lalia.person('eva', { cwd: empty, role: 'supervisor', project: 'empty' });
    const input = JSON.stringify({ workstreams: [stream('a')] });
    expectRefused(await supervisor.refusal(['task', 'publish'], { input }), 1, 'no_commits');
  });

  test('two publishes of one plan at once are one', async () => {
    const crew = await Crew.of(lalia, 'at-once');
    const plan = crew.plan({ workstreams: [stream('a'), stream('b')] });
    const both = await Promise.all([
      publishInPart(crew.supervisor, plan),
      publishInPart(crew.supervisor, plan),
    ]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ kinds }) => kinds).toSorted()).toEqual([
      ['published', 'published'],
      ['unchanged', 'unchanged'],
    ]);
  });
});

describe.concurrent('claiming', () => {
  test('is not for supervisors: cannot_claim, 6; not for those whose task it is not either', async () => {
    const crew = await Crew.of(lalia, 'claims', stream('a'), stream('b', { depends_on: ['a'] }));
    const [wim, pia] = [await crew.joins('wim'), await crew.joins('pia', 'peer')];
    const { supervisor } = crew;
    expectRefused(await supervisor.refusal(['task', 'claim', 'a']), 6, 'cannot_claim');
    expectRefused(await supervisor.refusal(['task', 'reassign', 'a', 'sue']), 6, 'cannot_claim');
    await wim.json(['task', 'claim', 'a']);
    const taken = await pia.refusal(['task', 'claim', 'a']);
    expectRefused(taken, 1, 'task_taken');
    expect(taken.message).toContain('wim');
    expectRefused(await pia.refusal(['task', 'claim', 'b']), 1, 'task_blocked');
    expectRefused(await pia.refusal(['task', 'claim', '--any']), 1, 'task_not_claimable');
    expectRefused(await pia.refusal(['task', 'release', 'a']), 6, 'not_owner');
    expectRefused(await pia.refusal(['task', 'set-status', 'a', 'ready']), 6, 'not_owner');
    expectRefused(await supervisor.refusal(['task', 'set-status', 'a', 'ready']), 6, 'not_owner');
    expectRefused(await pia.refusal(['task', 'release', 'b']), 6, 'not_owner');
  });

  test('of what is not there: task_not_found, 5, with what may have been meant', async () => {
    const crew = await Crew.of(lalia, 'missing', stream('schema'));
    const wim = await crew.joins('wim');
    for (const args of [
      ['claim', 'shcema'],
      ['show', 'shcema'],
      ['release', 'shcema'],
      ['set-status', 'shcema', 'ready'],
    ]) {
      const refused = await wim.refusal(['task', ...args]);
      expectRefused(refused, 5, 'task_not_found');
      expect(refused.retry_hint).toContain('Did you mean schema?');
      expect(refused.context).toMatchObject({ suggestions: ['schema'] });
    }
    expectRefused(await wim.refusal(['task', 'claim']), 5, 'task_not_found');
    expectRefused(await crew.supervisor.refusal(['task', 'unpublish', 'shcema']), 5, 'task_not_found');
    expectRefused(await crew.supervisor.refusal(['task', 'reassign', 'shcema', 'wim']), 5, 'task_not_found');
  });

  test('what is merged does not change any more: task_merged', async () => {
    const crew = await Crew.of(lalia, 'final', stream('a'));
    const wim = await crew.joins('wim');
    await wim.json(['task', 'claim', 'a']);
    await crew.supervisor.json(['task', 'set-status', 'a', 'merged']);
    expectRefused(await wim.refusal(['task', 'set-status', 'a', 'ready']), 1, 'task_merged');
    expectRefused(await wim.refusal(['task', 'release', 'a']), 1, 'task_merged');
    expectRefused(await crew.supervisor.refusal(['task', 'unassign', 'a']), 1, 'task_merged');
    expectRefused(await crew.supervisor.refusal(['task', 'reassign', 'a', 'wim']), 1, 'task_merged');
    const pia = await crew.joins('pia', 'peer');
    expectRefused(await pia.refusal(['task', 'claim', 'a']), 1, 'task_not_claimable');
  });

  test('into a room that is full: room_full, and nothing has changed', async () => {
    const crew = await Crew.of(lalia, 'crowded', stream('a'));
    const wim = await crew.joins('wim');
    for (let guest = 1; guest < 8; guest += 1) {
      const person = await crew.joins(`guest-${String(guest)}`, 'peer');
      await (await person.sdk()).join('a');
    }
    expectRefused(await wim.refusal(['task', 'claim', 'a']), 1, 'room_full');
    expectRefused(await crew.supervisor.refusal(['task', 'reassign', 'a', 'wim']), 1, 'room_full');
    const any = await wim.refusal(['task', 'claim', '--any']);
    expectRefused(any, 1, 'task_not_claimable');
    expect(any.message).toContain('full');
    const { task } = await wim.json<{ task: Result<'task_list'>['tasks'][number] }>(['task', 'show', 'a']);
    expect(task).toMatchObject({ status: 'open', owner: null });
  });

  test('waits no longer than it was told: timeout, 2', async () => {
    const crew = await Crew.of(lalia, 'waiting', stream('a'), stream('b', { depends_on: ['a'] }));
    const wim = await crew.joins('wim');
    expectRefused(await wim.refusal(['task', 'claim', 'b', '--wait', '--timeout', '0.2']), 2, 'timeout');
    await wim.json(['task', 'claim', 'a']);
    const pia = await crew.joins('pia', 'peer');
    expectRefused(await pia.refusal(['task', 'claim', '--any', '--wait', '--timeout', '0.2']), 2, 'timeout');
  });

  test('without an identity, or from outside of any project, is told what to do', async () => {
    const crew = await Crew.of(lalia, 'strangers', stream('a'));
    const outside = await lalia.person('otto');
    const fresh = { cwd: await lalia.repository('nobody-here') };
    expectRefused(await lalia.refusal(['task', 'claim', 'a'], fresh), 6, 'not_registered');
    expectRefused(await lalia.refusal(['task', 'claim', 'a', '--as', 'nobody']), 5, 'agent_not_found');
    expectRefused(await outside.refusal(['task', 'claim', 'a']), 5, 'task_not_found');
    expectRefused(await outside.refusal(['task', 'list']), 1, 'invalid_params');
    const unknown = await crew.supervisor.refusal(['task', 'set-status', 'a', 'mergd']);
    expectRefused(unknown, 1, 'invalid_params');
    expect(unknown.message).toContain('merged');
  });
});

describe.concurrent('unpublishing', () => {
  test('over a live owner, from one who is away, or what others need, is asked for twice', async () => {
    const crew = await Crew.of(
      lalia,
      'asked-twice',
      stream('live'),
      stream('gone'),
      stream('needed'),
      stream('needs', { depends_on: ['needed'] }),
    );
    const [liv, gus] = [await crew.joins('liv'), await crew.joins('gus')];
    await liv.json(['task', 'claim', 'live']);
    await gus.json(['task', 'claim', 'gone']);
    await crew.sessionEnds(gus);
    const unpublish = (...args: string[]) => crew.supervisor.refusal(['task', 'unpublish', ...args]);
    expectRefused(await unpublish('live'), 1, 'owner_live');
    expectRefused(await unpublish('live', '--force'), 1, 'owner_live');
    expectRefused(await unpublish('gone'), 1, 'needs_force');
    expectRefused(await unpublish('needed'), 1, 'needs_force');
    await crew.supervisor.json(['task', 'unpublish', 'live', '--evict-owner']);
    await crew.supervisor.json(['task', 'unpublish', 'gone', '--force']);
    await crew.supervisor.json(['task', 'unpublish', 'needed', '--force']);
  });

  interface Unsaved {
    readonly what: string;
    readonly says: RegExp;
    readonly does: (worktree: string) => Promise<unknown>;
  }

  const write = (worktree: string, text: string): void => {
    writeFileSync(join(worktree, 'file'), text);
  };
  const commit = async (worktree: string): Promise<void> => {
    write(worktree, `${String(Math.random())}\n`);
    await git(worktree, 'add', 'file');
    await git(worktree, 'commit', '-q', '-m', 'Only here');
  };
  /** With a commit that is elsewhere as well. */
  const commitAndPush = async (worktree: string): Promise<void> => {
    await commit(worktree);
    await git(worktree, 'update-ref', `refs/remotes/origin/saved-${String(Math.random())}`, 'HEAD');
  };

  const kinds: readonly Unsaved[] = [
    {
      what: 'untracked',
      says: /untracked|file/,
      does: (worktree) => {
        write(worktree, 'new');
        return Promise.resolve();
      },
    },
    {
      what: 'uncommitted',
      says: /file/,
      does: async (worktree) => {
        await commitAndPush(worktree);
        write(worktree, 'changed');
      },
    },
    {
      what: 'staged',
      says: /file/,
      does: async (worktree) => {
        await commitAndPush(worktree);
        write(worktree, 'staged');
        await git(worktree, 'add', 'file');
      },
    },
    {
      what: 'stashed',
      says: /stash/,
      does: async (worktree) => {
        await commitAndPush(worktree);
        write(worktree, 'for later');
        await git(worktree, 'stash', '-q');
      },
    },
    { what: 'unpushed', says: /1 commit is nowhere else: .* Only here/, does: commit },
    {
      what: 'unmerged',
      says: /merge/,
      does: async (worktree) => {
        await commitAndPush(worktree);
        await git(
          worktree,
          'merge',
          '-q',
          '--no-ff',
          '--no-commit',
          '--allow-unrelated-histories',
          await unrelated(worktree),
        );
      },
    },
    { what: 'locked', says: /locked/, does: (worktree) => git(worktree, 'worktree', 'lock', worktree) },
  ];

  /** A commit of another line of history, which a tag keeps. */
  async function unrelated(worktree: string): Promise<string> {
    const tree = (await git(worktree, 'write-tree')).trim();
    const other = (await git(worktree, 'commit-tree', '-m', 'Another', tree)).trim();
    await git(worktree, 'tag', 'another', other);
    return other;
  }

  test.each(kinds)(
    'keeps work that is $what, whatever the flags: unsaved_work',
    async ({ what, says, does }) => {
      const crew = await Crew.of(lalia, `keeps-${what}`, stream('a'));
      await does(crew.worktree('a'));
      const before = await git(crew.worktree('a'), 'status', '--porcelain=v2', '--show-stash', '--branch');
      const flags = ['--force', '--evict-owner', '--wipe-worktree'];
      const refused = await crew.supervisor.refusal(['task', 'unpublish', 'a', ...flags]);
      expectRefused(refused, 1, 'unsaved_work');
      expect(refused.message).toMatch(says);
      expect(await git(crew.worktree('a'), 'status', '--porcelain=v2', '--show-stash', '--branch')).toBe(
        before,
      );
      // Nothing of it was begun: the task can be claimed as before.
      await (await crew.joins('wim')).json(['task', 'claim', 'a']);
    },
  );
});

test('a change to what another task owns: path_owned, 6', async () => {
  const crew = await Crew.of(
    lalia,
    'owned',
    stream('a', { owned_paths: ['src/a/'] }),
    stream('b', { owned_paths: ['src/b/'] }),
  );
  const wim = await crew.joins('wim');
  await wim.json(['task', 'claim', 'a']);
  const cwd = crew.worktree('a');
  for (const folder of ['src/a', 'src/b']) {
    mkdirSync(join(cwd, folder), { recursive: true });
    writeFileSync(join(cwd, folder, 'file'), 'text');
  }
  await git(cwd, 'add', 'src/a');
  await wim.json(['task', 'check', '--staged'], { cwd });
  await git(cwd, 'add', 'src/b');
  const refused = await wim.refusal(['task', 'check', '--staged'], { cwd });
  expectRefused(refused, 6, 'path_owned');
  expect(refused.context).toMatchObject({ paths: [{ path: 'src/b/file', slug: 'b' }] });
  expectRefused(await wim.refusal(['task', 'check', 'no-such-commit'], { cwd }), 1, 'git_failed');
});

test('a daemon without git says so, and messages go on', async () => {
  await using own = new Lalia();
  await own.daemon({ PATH: join(own.folder, 'nothing') });
  const crew = await Crew.of(own, 'gitless');
  expectRefused(await crew.refusesPlan({ workstreams: [stream('a')] }), 1, 'git_missing');
  const wim = await crew.joins('wim');
  await wim.json(['tell', 'sue', 'hello']);
  const nothing = { env: { PATH: join(own.folder, 'nothing') } };
  expectRefused(await wim.refusal(['task', 'check'], nothing), 1, 'git_missing');
});

test('who waits for a task when the daemon is stopped is told so: daemon_stopping, 3', async () => {
  await using own = new Lalia();
  const crew = await Crew.of(own, 'stopping', stream('a'), stream('b', { depends_on: ['a'] }));
  const wim = await crew.joins('wim');
  const client = await own.connect();
  const seen = async () => (await client.call('agents', { agent_id: wim.id })).agents[0]?.last_seen_ts ?? 0;
  const before = await seen();
  const waiting = wim.start(['task', 'claim', 'b', '--wait', '--json']);
  await becomes(async () => (await seen()) > before);
  await own.json(['stop']);
  const { code, stdout } = await waiting.finished;
  expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
    code: 3,
    error: { code: 3, reason: 'daemon_stopping' },
  });
});
