/** The transcript (spec 7): an ordinary git repository that anybody can read, clone, push and check. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, Lalia, type Person } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const lalia = new Lalia();
afterAll(() => lalia[Symbol.asyncDispose]());

interface VerifyReport {
  readonly problems: readonly { readonly kind: string; readonly path: string }[];
  readonly counts: { readonly messages: number; readonly conversations: number };
}

/** A conversation with something of everything, and a room. */
beforeAll(async () => {
  const [alice, bob] = await lalia.people('shop', 'alice', 'bob');
  await alice?.says(['tell', 'bob', 'Is the schema final?\n\nI would merge it.', '--needs-answer']);
  await bob?.says(['read', 'alice']);
  await bob?.says(['reply', 'Yes.\r\n']);
  await alice?.says(['tell', 'bob', 'Merged.', '--status']);
  await alice?.says(['room', 'create', 'feat-auth', '--desc', 'The new login']);
  await bob?.says(['join', 'feat-auth']);
  await bob?.says(['post', 'feat-auth', 'Tokens are signed now.']);
  await lalia.journaled();
});

function inWorkspace(...args: string[]): Promise<string> {
  return git(lalia.workspace, ...args);
}

describe('what people type works', () => {
  test('git log of a channel and of a room say who, where, number and the first words', async () => {
    expect(await inWorkspace('log', '--format=%s', 'peers/')).toBe(
      [
        'alice -> bob 3: Merged.',
        'bob -> alice 2: Yes.',
        'alice -> bob 1: Is the schema final? I would merge it.',
        '',
      ].join('\n'),
    );
    expect(await inWorkspace('log', '--format=%s', 'rooms/feat-auth/')).toBe(
      [
        'bob in feat-auth 1: Tokens are signed now.',
        'bob joined room feat-auth',
        'alice joined room feat-auth',
        'alice made room feat-auth',
        '',
      ].join('\n'),
    );
    expect(await inWorkspace('log', '-1', '--format=%an', 'peers/alice--bob/000002-bob.md')).toBe('bob\n');
  });

  test('git status is clean, git fsck finds nothing, and the branch is main', async () => {
    expect(await inWorkspace('status', '--porcelain', '--branch')).toBe('## main\n');
    expect(await inWorkspace('fsck', '--full', '--strict')).toBe('');
  });

  test('every message is one file, where one looks for it', async () => {
    expect((await inWorkspace('ls-files', 'peers', 'rooms')).trimEnd().split('\n')).toEqual([
      'peers/alice--bob/000001-alice.md',
      'peers/alice--bob/000002-bob.md',
      'peers/alice--bob/000003-alice.md',
      'rooms/feat-auth/000001-bob.md',
      'rooms/feat-auth/MEMBERS.md',
      'rooms/feat-auth/ROOM.md',
    ]);
    expect(await inWorkspace('show', 'HEAD:peers/alice--bob/000002-bob.md')).toMatch(
      /^---\nlalia: 1\nid: [0-9A-Z]{26}\nseq: 2\nprev: [0-9A-Z]{26}\nkind: tell\nfrom: bob\n[\s\S]*\n---\n\nYes\.\r\n$/,
    );
    expect(await inWorkspace('show', 'HEAD:rooms/feat-auth/ROOM.md')).toContain('The new login');
    expect(await inWorkspace('show', 'HEAD:rooms/feat-auth/MEMBERS.md')).toMatch(/^\| bob \|/m);
  });

  test('the working tree shows the same files', () => {
    expect(readdirSync(join(lalia.workspace, 'peers/alice--bob'))).toHaveLength(3);
    expect(readFileSync(join(lalia.workspace, 'peers/alice--bob/000002-bob.md'), 'utf8')).toMatch(
      /\n\nYes\.\r\n$/,
    );
  });

  test('git push and fetch work, and the transcript goes on', async () => {
    const remote = join(lalia.folder, 'remote.git');
    await git(lalia.folder, 'init', '-q', '--bare', remote);
    await inWorkspace('remote', 'add', 'backup', remote);
    await inWorkspace('push', '-q', 'backup', 'main');
    expect(await git(remote, 'rev-parse', 'main')).toBe(await inWorkspace('rev-parse', 'main'));
    const [carol] = await lalia.people('shop', 'carol');
    await carol?.says(['tell', 'bob', 'After the push.']);
    await lalia.journaled();
    await inWorkspace('push', '-q', 'backup', 'main');
    expect(await git(remote, 'log', '-1', '--format=%s', 'main')).toBe('carol -> bob 1: After the push.\n');
    expect(await inWorkspace('status', '--porcelain')).toBe('');
  });

  test('roles, renewals and ends: the registry shows what changed, and not that somebody was there', async () => {
    const person = await lalia.person('changer', { project: 'registry' });
    await person.says(['renew']);
    await lalia.person('changer', { project: 'registry', role: 'supervisor' });
    await person.says(['unregister']);
    await lalia.journaled();
    const file = `registry/${person.id}.json`;
    expect(await inWorkspace('log', '--format=%s', '--', file)).toBe(
      'changer unregistered\nchanger changed\nchanger registered\n',
    );
    expect(JSON.parse(await inWorkspace('show', `HEAD:${file}`))).toMatchObject({
      agent_id: person.id,
      name: 'changer',
      project: 'registry',
      role: 'supervisor',
    });
  });
});

describe('verify', () => {
  const clones = { count: 0 };

  /** A clone, for damaging. */
  async function clone(...options: string[]): Promise<string> {
    clones.count += 1;
    const path = join(lalia.folder, `clone-${String(clones.count)}`);
    await git(lalia.folder, 'clone', '-q', ...options, lalia.workspace, path);
    return path;
  }

  async function verify(path: string) {
    const [text, json] = await Promise.all([
      lalia.cli(['verify', path]),
      lalia.cli(['verify', path, '--json']),
    ]);
    expect(json.code).toBe(text.code);
    return { ...text, ...(JSON.parse(json.stdout) as VerifyReport) };
  }

  test.each([
    { of: 'a clone', options: [] },
    { of: 'a bare clone', options: ['--bare'] },
    { of: 'a mirror', options: ['--mirror'] },
    { of: 'a clone of somebody who has git change the ends of lines', options: ['-c', 'core.autocrlf=true'] },
  ])('finds $of in order, and says how much it checked', async ({ options }) => {
    const { code, stdout, stderr, problems, counts } = await verify(await clone(...options));
    expect({ code, stderr, problems }).toEqual({ code: 0, stderr: '', problems: [] });
    expect(stdout).toMatch(
      /^No problems: checked \d+ messages in \d+ conversations by \d+ agents over \d+ commits\.\n$/,
    );
    expect(counts.messages).toBeGreaterThanOrEqual(4);
  });

  test('checks one’s own without being told where it is, and without a daemon', async () => {
    await lalia.cli(['stop']);
    const { code, stdout } = await lalia.cli(['verify']);
    expect({ code, first: stdout.split(':', 1)[0] }).toEqual({ code: 0, first: 'No problems' });
    expect(lalia.daemonPid).toBeUndefined();
  });

  const SECOND = 'peers/alice--bob/000002-bob.md';
  const THIRD = 'peers/alice--bob/000003-alice.md';

  interface Damage {
    readonly damage: string;
    readonly names: string;
    readonly inflict: (clone: string) => void;
  }

  const damages: readonly Damage[] = [
    {
      damage: 'an edited body',
      names: SECOND,
      inflict: (path) => {
        edit(join(path, SECOND), (text) => text.replace('Yes.', 'No.'));
      },
    },
    {
      damage: 'an edited time',
      names: SECOND,
      inflict: (path) => {
        edit(join(path, SECOND), (text) => text.replace(/^ts: \d/m, 'ts: 9'));
      },
    },
    {
      damage: 'another sender',
      names: SECOND,
      inflict: (path) => {
        edit(join(path, SECOND), (text) => text.replace('from: bob', 'from: eve'));
      },
    },
    {
      damage: 'a removed file',
      names: 'peers/alice--bob',
      inflict: (path) => {
        rmSync(join(path, SECOND));
      },
    },
    {
      damage: 'the last file removed',
      names: THIRD,
      inflict: (path) => {
        rmSync(join(path, THIRD));
      },
    },
    {
      damage: 'a swapped pair',
      names: SECOND,
      inflict: (path) => {
        const [second, third] = [join(path, SECOND), join(path, THIRD)];
        renameSync(second, `${second}.tmp`);
        renameSync(third, second);
        renameSync(`${second}.tmp`, third);
      },
    },
    {
      damage: 'a message that is there twice',
      names: 'peers/alice--bob/000004-bob.md',
      inflict: (path) => {
        writeFileSync(join(path, 'peers/alice--bob/000004-bob.md'), readFileSync(join(path, SECOND)));
      },
    },
    {
      damage: 'a message moved into another conversation',
      names: 'rooms/feat-auth/000002-bob.md',
      inflict: (path) => {
        renameSync(join(path, SECOND), join(path, 'rooms/feat-auth/000002-bob.md'));
      },
    },
    {
      damage: 'another public key',
      names: 'registry/',
      inflict: (path) => {
        const file = readdirSync(join(path, 'registry')).find((name) =>
          readFileSync(join(path, 'registry', name), 'utf8').includes('"bob"'),
        );
        edit(join(path, 'registry', file ?? ''), (text) =>
          text.replace(
            /("public_key": ")./,
            (_all, start: string) => `${start}${text.includes('key": "A') ? 'B' : 'A'}`,
          ),
        );
      },
    },
  ];

  function edit(file: string, change: (text: string) => string): void {
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(file, after);
  }

  test.concurrent.each(damages)('names $damage, committed or not', async ({ names, inflict }) => {
    const path = await clone();
    inflict(path);
    await git(path, 'add', '-A');
    expect((await lalia.cli(['verify', path])).code).toBe(1);
    await git(path, 'commit', '-q', '-m', 'Nothing to see here');
    const { code, stdout, problems } = await verify(path);
    expect({ code, stderr: '' }).toEqual({ code: 1, stderr: '' });
    expect(problems.map((problem) => problem.path).join(' ')).toContain(names);
    expect(stdout).toContain(names);
    expect(stdout).toMatch(/\d+ problems?: checked /);
  });

  test('of something else than a transcript says so', async () => {
    const foreign = await lalia.repository('foreign');
    for (const path of [foreign, lalia.home, join(lalia.folder, 'nowhere')]) {
      const { code, problems } = await verify(path);
      expect({ code, kind: problems[0]?.kind }).toEqual({ code: 1, kind: 'not_a_transcript' });
    }
  });
});

describe.concurrent('a workspace that is not Lalia’s', () => {
  const foreign: readonly (readonly [string, (own: Lalia) => Promise<string>])[] = [
    [
      'a repository with a history',
      async (own) => {
        const path = await own.repository('work');
        writeFileSync(join(path, 'file'), 'content');
        await git(path, 'add', '.');
        await git(path, 'commit', '-q', '-m', 'Work');
        return path;
      },
    ],
    [
      'a folder with files',
      (own) => {
        const path = join(own.folder, 'documents');
        mkdirSync(path);
        writeFileSync(join(path, 'file'), 'content');
        return Promise.resolve(path);
      },
    ],
    [
      'the transcript of another home',
      async (own) => {
        await using other = new Lalia();
        await other.person('somebody');
        await other.journaled();
        const path = join(own.folder, 'others');
        await git(own.folder, 'clone', '-q', other.workspace, path);
        await other.cli(['stop']);
        rmSync(path, { recursive: true });
        renameSync(other.workspace, path);
        return path;
      },
    ],
  ];

  test.each(foreign)('%s is refused, and not touched', async (_what, make) => {
    await using own = new Lalia();
    const path = await make(own);
    const env = { LALIA_WORKSPACE: path };
    const before = readdirSync(path, { recursive: true }).toSorted();
    const refused = await own.refusal(['register', '--name', 'anybody'], { env });
    expect(refused).toMatchObject({ exit: 1, reason: 'foreign_workspace' });
    expect(refused.message).toContain(path);
    expect(readdirSync(path, { recursive: true }).toSorted()).toEqual(before);
    expect(own.daemonPid).toBeUndefined();
    const text = await own.cli(['tell', 'x', 'y'], { env });
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toContain('reason: foreign_workspace');
  });

  test('an empty folder, and one inside another repository, are taken', async () => {
    await using own = new Lalia();
    const outer = await own.repository('outer');
    const inner = join(outer, 'notes');
    mkdirSync(inner);
    const env = { LALIA_WORKSPACE: inner };
    await own.json(['register', '--name', 'anybody'], { env });
    await own.journaled();
    expect(await git(inner, 'log', '--format=%s')).toContain('anybody registered');
    expect(await git(outer, 'log', '--format=%s')).toBe('Begin\n');
  });
});

describe.concurrent('paths are kept apart', () => {
  /** Folder names as a file system sees them that does not know upper from lower case. */
  async function folders(own: Lalia, kind: 'peers' | 'rooms'): Promise<string[]> {
    await own.journaled();
    expect(existsSync(join(own.workspace, kind))).toBe(true);
    return (await git(own.workspace, 'ls-tree', '--name-only', `HEAD:${kind}`)).trimEnd().split('\n');
  }

  test('of names that differ only by case, and of one name in two projects', async () => {
    await using own = new Lalia();
    const [alice, bob, bobby] = await own.people('shop', 'alice', 'bob', 'Bob');
    const [otherAlice] = await own.people('bank', 'alice', 'bob');
    await alice?.says(['tell', 'bob', 'one']);
    await alice?.says(['tell', 'Bob', 'two']);
    await otherAlice?.says(['tell', 'bob', 'three']);
    for (const [maker, room] of [
      [bob, 'den'],
      [bobby, 'Den'],
      [otherAlice, 'den'],
    ] as const) {
      await maker?.says(['room', 'create', room]);
      await maker?.says(['post', room, `in ${room}`]);
    }
    for (const kind of ['peers', 'rooms'] as const) {
      const found = await folders(own, kind);
      expect(found).toHaveLength(3);
      expect(new Set(found.map((name) => name.toLowerCase())).size).toBe(3);
    }
    expect((await own.cli(['verify'])).code).toBe(0);
  });

  test('of an agent and the next one of its name', async () => {
    await using own = new Lalia();
    const [alice, first] = await own.people('shop', 'alice', 'bob');
    await alice?.says(['tell', 'bob', 'to the first']);
    await first?.says(['unregister']);
    const next = await own.person('bob', { project: 'shop' });
    await alice?.says(['tell', 'bob', 'to the second']);
    await next.says(['tell', 'alice', 'from the second']);
    expect(await folders(own, 'peers')).toEqual(['alice--bob', 'alice--bob~2']);
    const files = async (folder: string) =>
      (await git(own.workspace, 'ls-tree', '--name-only', `HEAD:peers/${folder}`)).trimEnd().split('\n');
    expect(await files('alice--bob')).toEqual(['000001-alice.md']);
    expect(await files('alice--bob~2')).toEqual(['000001-alice.md', '000002-bob.md']);
    expect((await own.cli(['verify'])).code).toBe(0);
  });
});

describe('many messages', () => {
  test('lie in folders of a thousand, in one gapless sequence', async () => {
    await using own = new Lalia();
    const [alice, bob] = (await own.people('shop', 'alice', 'bob')) as [Person, Person];
    const sending = await alice.sdk();
    await Promise.all(Array.from({ length: 1001 }, (_, index) => sending.tell(bob.id, String(index))));
    await own.journaled();
    const files = (await git(own.workspace, 'ls-files', 'peers')).trimEnd().split('\n');
    expect(files).toHaveLength(1001);
    expect(files.slice(0, 2)).toEqual([
      'peers/alice--bob/000001-alice.md',
      'peers/alice--bob/000002-alice.md',
    ]);
    expect(files).toContain('peers/alice--bob/001/001001-alice.md');
    const added = await git(
      own.workspace,
      'log',
      '--format=',
      '--name-only',
      '--diff-filter=A',
      '--',
      'peers',
    );
    expect(added.trimEnd().split('\n').toSorted()).toEqual(files.toSorted());
    expect(await git(own.workspace, 'status', '--porcelain')).toBe('');
    const { code, stdout } = await own.cli(['verify']);
    expect({ code, first: stdout.slice(0, 39) }).toEqual({
      code: 0,
      first: 'No problems: checked 1001 messages in 1',
    });
  });
});
