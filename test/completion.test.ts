/** Completion in the shells that are there (issue 4): commands, flags, names; no daemon is started, and nothing is said, for it. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia, type Person, run, shellWords } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../apps/cli/bin/lalia.js');
const BASH = programs('bash');
const ZSH = programs('zsh');
const FISH = programs('fish');

/** Where a program is on the PATH. */
function programs(name: string): string {
  const places = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, name));
  return places.find((place) => existsSync(place)) ?? `/no/${name}`;
}

const lalia = new Lalia();
let alice: Person;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const cwd = await lalia.repository('shop');
  const bin = join(lalia.folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(bin, 'lalia'), `#!/bin/sh\nexec ${shellWords([process.execPath, CLI])} "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(join(cwd, 'notes.md'), 'x');
  alice = await lalia.person('alice', { cwd });
  await lalia.person('codex', { cwd });
  await lalia.person('claude', { project: 'bank' });
  const agent = await alice.sdk();
  await agent.createRoom('auth', { description: 'The login: \x1b[2J all' });
  await agent.createRoom('docs');
  const client = await lalia.connect();
  await client.nicknames.set('rev', 'codex', { project: 'shop' });
  env = { ...lalia.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, LALIA_NAME: alice.id, TERM: 'dumb' };
});
afterAll(() => lalia[Symbol.asyncDispose]());

const cwd = () => join(lalia.folder, 'shop');

/** What the hidden command says of words after `lalia`, without the two lines before the answers. */
async function asked(words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const { code, stdout, stderr } = await lalia.cli(['__complete', 'zsh', ...words], {
    cwd: cwd(),
    env: { ...env, ...more },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .slice(2, -1)
    .map((line) => line.split('\t')[0] ?? '');
}

describe.concurrent('names', () => {
  test('of agents, with their project where it is another one, and of nicknames', async () => {
    expect((await asked(['tell', ''])).toSorted()).toEqual(['alice', 'claude@bank', 'codex', 'human', 'rev']);
    expect(await asked(['tell', 'codex@'])).toEqual(['codex@shop']);
    expect(await asked(['nickname', ''])).toEqual(['rev']);
  });

  test('of rooms, for whoever may see them, and with what a description has made harmless', async () => {
    expect(await asked(['post', ''])).toEqual(['auth', 'docs']);
    expect(await asked(['read', 'do'])).toEqual(['docs']);
    const { stdout } = await lalia.cli(['__complete', 'zsh', 'post', 'a'], { cwd: cwd(), env });
    expect(stdout).toBe('words\na\nauth\tThe login: \\x1b[2J all\n');
    expect(await asked(['post', ''], { LALIA_NAME: 'nobody' })).toEqual([]);
  });

  test('are none where no daemon runs: none is started, no folder is made, nothing is said', async () => {
    const home = join(lalia.folder, 'no-home');
    const nobody = { LALIA_HOME: home, LALIA_WORKSPACE: join(home, 'ws') };
    expect(await asked(['tell', ''], nobody)).toEqual([]);
    expect(await asked(['post', ''], nobody)).toEqual([]);
    expect(existsSync(home)).toBe(false);
    expect(await asked(['te'], nobody)).toEqual(['tell']);
  });

  test('that make no sense are no answer and no error', async () => {
    for (const words of [
      [],
      ['nothing', ''],
      ['tell', '--bogus', ''],
      ['\x1b', '\n'],
      ['tell', '--as', 'x'.repeat(9000), ''],
    ])
      await asked(words);
    expect(await lalia.cli(['__complete'], { env })).toMatchObject({ code: 0, stderr: '' });
  });
});

const SHELL_LINES = [
  'lalia te',
  'lalia tell co',
  'lalia tell claude@b',
  'lalia register --role=wo',
  'lalia post d',
];

test('lalia completion takes a shell that it knows', async () => {
  expect(await lalia.refusal(['completion', 'bas'])).toMatchObject({
    message: '<shell> is one of bash, zsh, fish, not "bas". Did you mean bash?',
  });
});

describe.runIf(existsSync(BASH))('bash', () => {
  test('completes with the script that is sourced', async () => {
    const script = `
      set -u
      source <(lalia completion bash)
      complete -p lalia
      try() {
        COMP_LINE=$1 COMP_POINT=\${#1}
        read -ra COMP_WORDS <<<"\${1//[@=]/ & }"
        COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
        _lalia
        printf '%s -> %s\\n' "$1" "\${COMPREPLY[*]}"
      }
      for line in ${shellWords(SHELL_LINES)} 'lalia tell x --file n'; do try "$line"; done`;
    const { code, stdout, stderr } = await run([BASH, '--norc', '-c', script], { cwd: cwd(), env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, -1)).toEqual([
      'complete -F _lalia lalia',
      'lalia te -> tell',
      'lalia tell co -> codex',
      // bash completes what follows the last @ or =.
      'lalia tell claude@b -> bank',
      'lalia register --role=wo -> worker',
      'lalia post d -> docs',
      'lalia tell x --file n -> notes.md',
    ]);
  });
});

describe.runIf(existsSync(FISH))(`fish, which is ${existsSync(FISH) ? 'here' : 'not installed here'}`, () => {
  test('completes with the script that is sourced', async () => {
    const script = `lalia completion fish | source
      for line in ${shellWords(SHELL_LINES)}
        echo $line "->" (complete -C $line | string replace -r '\\t.*' '')
      end`;
    const { code, stdout, stderr } = await run([FISH, '--no-config', '-c', script], {
      cwd: cwd(),
      env: { ...env, HOME: lalia.folder },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, -1)).toEqual([
      'lalia te -> tell',
      'lalia tell co -> codex',
      'lalia tell claude@b -> claude@bank',
      'lalia register --role=wo -> --role=worker',
      'lalia post d -> docs',
    ]);
  });
});

describe.runIf(existsSync(ZSH))(`zsh, which is ${existsSync(ZSH) ? 'here' : 'not installed here'}`, () => {
  test('parses the script, and completes with it', async () => {
    const script = `
      autoload -Uz compinit && compinit -u -D
      source <(lalia completion zsh)
      print "\${_comps[lalia]}"
      # Completion runs only inside the line editor; these stand for what it gives and takes.
      _describe() { print -r -- "\${(P)4}" }
      compset() { return 0 }
      _files() { print files }
      try() { words=("$@") CURRENT=$# PREFIX="\${@[-1]}"; print -rn -- "$* -> "; _lalia }
      ${SHELL_LINES.map((line) => `try ${line}`).join('\n')}
      try lalia tell x --file s`;
    const { code, stdout, stderr } = await run([ZSH, '-f', '-c', script], {
      cwd: cwd(),
      env: { ...env, HOME: lalia.folder },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, -1)).toEqual([
      '_lalia',
      'lalia te -> tell:Send to one agent; durable when it returns, never waits for the peer.',
      'lalia tell co -> codex:peer, live',
      'lalia tell claude@b -> claude@bank:peer, live',
      'lalia register --role=wo -> --role=worker',
      'lalia post d -> docs:a room that you are in',
      'lalia tell x --file s -> files',
    ]);
  });
});
