/** What people install: one archive in an empty folder, by npm, with nothing of this repository beside it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia, type RunOptions, run } from '@lalia/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilable } from './_guide-typescript.ts';

const root = join(import.meta.dirname, '..');
const lalia = new Lalia({ LALIA_DAEMON: '' });
const archives = join(lalia.folder, 'archives');

let sdk: string;

beforeAll(async () => {
  await succeeds([process.execPath, join(root, 'scripts/pack.mjs'), archives]);
  sdk = await installed('client');
});
afterAll(() => lalia[Symbol.asyncDispose]());

test('the command line: one archive brings lalia and its daemon', async () => {
  const folder = await installed('cli');
  const command = join(folder, 'node_modules/.bin/lalia');
  const says = (...args: string[]) => succeeds([command, ...args], { cwd: folder });

  await says('register', '--name', 'ann');
  await says('register', '--name', 'ben');
  expect(await says('tell', 'ben', 'Installed.', '--as', 'ann')).toMatch(/^sent to ben #1 /);
  expect(await says('read', 'ann', '--as', 'ben')).toContain('| Installed.');
  expect(await says('help', 'tell')).toContain('lalia tell');
  expect(await says('stop')).toContain('is stopped');
  // What is inside of a bundle is copied with it, and so are its terms.
  const notices = readFileSync(join(folder, 'node_modules/@lalia/cli/dist/oclif.licenses.txt'), 'utf8');
  expect(notices).toMatch(/^@oclif\/core [\d.]+ \(MIT\)\n\nMIT License/m);
});

test('the SDK in plain JavaScript: one archive, an import, a message that somebody reads', async () => {
  writeFileSync(
    join(sdk, 'talk.mjs'),
    `import { connect } from '@lalia/client';
const client = await connect();
const [one, other] = await Promise.all(['one', 'other'].map((name) => client.register({ name, project: null })));
await one.agent.tell('other', 'Hello.');
const delivery = await other.agent.read({ peer: 'one' });
console.log(delivery.messages[0].body);
await delivery.ack();
await client.close();
`,
  );
  expect(await succeeds([process.execPath, 'talk.mjs'], { cwd: sdk })).toBe('Hello.\n');
});

test('the SDK in TypeScript: the strictest compiler accepts what the guide shows', async () => {
  const guide = readFileSync(join(root, 'docs/guide/sdk.md'), 'utf8');
  writeFileSync(join(sdk, 'guide.mts'), compilable(guide));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(join(sdk, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['guide.mts'] }));
  expect(await succeeds([join(root, 'node_modules/.bin/tsc')], { cwd: sdk })).toBe('');
});

/** An empty folder in which an archive was installed as people do it. */
async function installed(name: 'cli' | 'client'): Promise<string> {
  const folder = join(lalia.folder, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await succeeds(
    [
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      join(archives, `lalia-${name}-0.1.0.tgz`),
    ],
    { cwd: folder },
  );
  return folder;
}

async function succeeds(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, { env: lalia.env, cwd: lalia.folder, ...options });
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout;
}
