/** Plugins as their harnesses load them, with stand-ins for the harnesses and a real daemon: an idle agent is woken. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomes, Lalia, type Person, Running, run } from '@lalia/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programFolder } from './_program-folder.ts';

const SESSION = 'conversation-1';

let lalia: Lalia;
let alice: Person;
let bob: Person;
let plugins: string;
const started: Running[] = [];

beforeEach(async () => {
  lalia = new Lalia();
  alice = await lalia.person('alice', { project: 'shop' });
  plugins = join(lalia.folder, 'plugins');
  await lalia.shown(['plugin', '--out', plugins]);
});
afterEach(async () => {
  for (const running of started.splice(0)) {
    running.kill('SIGTERM');
    await running.finished;
  }
  await lalia[Symbol.asyncDispose]();
});

async function idle(harness: string): Promise<void> {
  bob = await lalia.person('bob', {
    project: 'shop',
    env: { LALIA_HARNESS: harness, LALIA_SESSION: SESSION },
  });
  await (await bob.sdk()).turn({ at: 'stop', sessionId: SESSION });
}

/** A program that stands for a harness; its lines are what it would have made of the plugin's words. */
function harness(script: string, env: NodeJS.ProcessEnv = {}): Running {
  const file = join(lalia.folder, 'harness.mjs');
  writeFileSync(file, script);
  const path = `${programFolder(lalia)}:${lalia.env['PATH'] ?? ''}`;
  const running = new Running([process.execPath, file], {
    env: { ...lalia.env, LALIA_HARNESS: '', PATH: path, ...env },
    keepInput: true,
  });
  started.push(running);
  return running;
}

async function isListenedFor(): Promise<void> {
  await becomes(async () => {
    const { stdout } = await lalia.cli(['status']);
    return stdout.includes('by listener');
  });
}

/** What it said after a message came, which is unread still. */
async function woken(running: Running): Promise<string> {
  await isListenedFor();
  await (await alice.sdk()).tell(bob.id, 'hello');
  await running.until(({ stdout }) => stdout.includes('\n'));
  expect((await (await bob.sdk()).peek('any')).unread).toBe(1);
  return running.stdout;
}

const WOKEN =
  /^\{"session":"conversation-1","text":"Lalia: there is 1 unread message for bob \(from alice\)\..*"\}\n$/;

test('opencode: the plugin gives mail to the model, identity to its shell, and wakes an idle session', async () => {
  await idle('opencode');
  cpSync(join(plugins, 'opencode/plugins/lalia.js'), join(lalia.folder, 'lalia-plugin.mjs'));
  const running = harness(`
import { Lalia } from './lalia-plugin.mjs';
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const promptAsync = async ({ path, body }) => say({ session: path.id, text: body.parts[0].text });
const plugin = await Lalia({ client: { session: { promptAsync } } });
const shell = { env: {} };
await plugin['shell.env']({ sessionID: '${SESSION}' }, shell);
if (shell.env.LALIA_SESSION !== '${SESSION}') say('no identity');
await plugin.event({ event: { type: 'session.idle', properties: { sessionID: '${SESSION}' } } });
process.stdin.on('data', async () => {
  const result = { output: 'done' };
  await plugin['tool.execute.after']({ sessionID: '${SESSION}' }, result);
  say(result.output);
});
process.on('SIGTERM', () => process.exit(0));
`);
  expect(await woken(running)).toMatch(WOKEN);
  running.child.stdin?.write('go on\n');
  await running.until(({ stdout }) => stdout.includes('| hello'));
  expect(running.stdout).toContain('"done\\n\\nLalia: 1 message arrived for bob.');
});

test('Copilot: the extension wakes an idle session', async () => {
  await idle('copilot');
  const sdk = join(lalia.folder, 'node_modules/@github/copilot-sdk');
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, 'package.json'), '{"exports":{"./extension":"./extension.mjs"}}');
  writeFileSync(
    join(sdk, 'extension.mjs'),
    `export const joinSession = async () => ({
  sessionId: '${SESSION}',
  send: async ({ prompt }) => process.stdout.write(JSON.stringify({ session: '${SESSION}', text: prompt }) + '\\n'),
});
`,
  );
  cpSync(join(plugins, 'lalia/extensions/lalia/extension.mjs'), join(lalia.folder, 'extension.mjs'));
  const running = harness(
    "import './extension.mjs';\nprocess.on('SIGTERM', () => process.exit(0));\nprocess.stdin.resume();\n",
    { SESSION_ID: SESSION },
  );
  expect(await woken(running)).toMatch(WOKEN);
});

test('Claude Code: each line of the monitor is a wake', async () => {
  await idle('claude-code');
  const running = lalia.start(['hook', 'claude-code', 'listen', SESSION]);
  started.push(running);
  await (await alice.sdk()).tell(bob.id, 'hello');
  await running.until(({ stdout }) => stdout.includes('\n'));
  expect(running.stdout).toMatch(
    /^Lalia: there is 1 unread message for bob \(from alice\)\. .*lalia read-any\n$/,
  );
});

test('a listener whose place another one takes ends without a word', async () => {
  await idle('claude-code');
  const first = lalia.start(['hook', 'claude-code', 'listen', SESSION]);
  started.push(first);
  await isListenedFor();
  const client = await bob.sdk();
  const second = client.awaitWake({ sessionId: SESSION, timeoutMs: 60_000 });
  expect(await first.finished).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  await (await alice.sdk()).tell(bob.id, 'hello');
  expect((await second).unread).toBe(1);
});

test('the package has what `lalia plugin --out` writes, so that a harness can read it where it is installed', async () => {
  const { folder } = await lalia.json<{ readonly folder: string }>(['plugin']);
  const { code, stdout } = await run(['diff', '-r', folder, plugins]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

test('`lalia plugin --out` writes into an empty folder only', async () => {
  expect(await lalia.refusal(['plugin', '--out', plugins])).toMatchObject({ reason: 'path_in_use' });
  const empty = join(lalia.folder, 'empty');
  mkdirSync(empty);
  await lalia.shown(['plugin', 'codex', '--out', empty]);
  expect(readdirSync(empty).toSorted()).toEqual(['.claude-plugin', 'gemini', 'lalia', 'opencode']);
  const file = join(empty, 'lalia/.mcp.json');
  expect(await lalia.refusal(['plugin', '--out', join(file, 'x')])).toMatchObject({
    reason: 'invalid_params',
  });
  expect(await lalia.refusal(['plugin', 'aider'])).toMatchObject({ reason: 'invalid_params' });
});
