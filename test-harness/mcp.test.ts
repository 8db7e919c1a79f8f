/** `lalia mcp` before the protocol's own tools, in the revision with sessions and in the one without. */
import { join } from 'node:path';
import { Lalia, run } from '@lalia/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install } from './install.ts';
import { Bridge } from './mcp/bridge.ts';

// The first that knows the revision of 2026.
const CONFORMANCE = { name: '@modelcontextprotocol/conformance', version: '0.2.0-alpha.12' };
const INSPECTOR = { name: '@modelcontextprotocol/inspector', version: '2.12.0' };
const SERVER = [process.execPath, join(import.meta.dirname, '../apps/cli/bin/lalia.js'), 'mcp'] as const;
const ERAS = [
  { revision: '2025-11-25', era: 'legacy' },
  { revision: '2026-07-28', era: 'modern' },
] as const;

describe.each(ERAS)('in the revision $revision', ({ revision, era }) => {
  const lalia = new Lalia({ LALIA_NAME: 'bot@shop' }, 'user');

  beforeAll(async () => {
    await lalia.people('shop', 'ann', 'bot');
    const [ann, bot] = await Promise.all([lalia.agent('ann@shop'), lalia.agent('bot@shop')]);
    await ann.tell('bot@shop', 'Ready?');
    await bot.createRoom('auth');
  });
  afterAll(() => lalia[Symbol.asyncDispose]());

  test('the conformance suite finds no fault but that what its example server has is not there', async () => {
    const conformance = join(await install(CONFORMANCE), 'conformance');
    await using bridge = await Bridge.open({ command: SERVER, cwd: lalia.folder, env: lalia.env });
    const { code, stdout } = await run(
      [
        ...[conformance, 'server', '--url', bridge.url, '--requirements', revision],
        ...['--expected-failures', join(import.meta.dirname, 'mcp', `${revision}.yaml`)],
      ],
      { cwd: lalia.folder, env: lalia.env },
    );
    const summary = stdout.slice(stdout.indexOf('=== SUMMARY'));
    expect(code, summary).toBe(0);
    process.stdout.write(`conformance ${CONFORMANCE.version}, ${revision}: ${counted(summary)}\n`);
  });

  describe('the inspector', () => {
    /** @returns what it printed, parsed: the result, or else the error. */
    const inspect = async (method: string, ...args: readonly string[]) => {
      const inspector = join(await install(INSPECTOR), 'mcp-inspector');
      // The servers that it starts get no more of its environment than HOME and PATH.
      const given = Object.entries(lalia.env)
        .filter(([name]) => name.startsWith('LALIA_'))
        .flatMap(([name, value]) => ['-e', `${name}=${value ?? ''}`]);
      const options = ['--protocol-era', era, '--format', 'json', '--method', method, ...args];
      const { code, stdout, stderr } = await run([inspector, '--cli', ...given, ...SERVER, ...options], {
        cwd: lalia.folder,
        env: lalia.env,
      });
      const printed = JSON.parse(stdout === '' ? (stderr.split('\n').at(-2) ?? '') : stdout) as Printed;
      return { code, stderr, ...printed };
    };

    test('lists the tools, and finds no fault in their schemas', async () => {
      const { code, stderr, result } = await inspect('tools/list', '--strict');
      expect(stderr).toContain('0 errors');
      expect({ code, tools: result?.['tools'] }).toEqual({ code: 0, tools: expect.any(Array) as unknown });
    });

    test('calls a tool, and sees what one refuses', async () => {
      const sent = await inspect('tools/call', '--tool-name', 'tell', '--tool-arg', 'to=ann', 'message=Yes.');
      expect(sent).toMatchObject({ code: 0, result: { structuredContent: { recipient: {} } } });
      const refused = await inspect(
        'tools/call',
        '--tool-name',
        'tell',
        '--tool-arg',
        'to=x',
        'message=Yes.',
      );
      expect(refused).toMatchObject({ code: 5, result: { isError: true } });
      expect(JSON.stringify(refused.result)).toContain('reason: agent_not_found');
    });

    test('lists the resources and their templates, reads one, and is told which are not there', async () => {
      const uri = 'lalia://channel/ann%40shop';
      const resources = [{ uri }, { uri: 'lalia://room/auth%40shop' }, { uri: 'lalia://tasks' }];
      const { result } = await inspect('resources/list');
      expect(result?.['resources']).toEqual(
        expect.arrayContaining(resources.map((each) => expect.objectContaining(each) as unknown)),
      );
      const templates = await inspect('resources/templates/list');
      expect(templates).toMatchObject({ result: { resourceTemplates: [{}, {}] } });
      const read = await inspect('resources/read', '--uri', uri);
      expect(JSON.stringify(read.result)).toContain('| Ready?');
      const missing = await inspect('resources/read', '--uri', 'lalia://room/none');
      expect(missing).toMatchObject({
        code: 1,
        error: { message: expect.stringContaining('none') as string },
      });
    });
  });
});

interface Printed {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Of the summary, how many checks there were. */
function counted(summary: string): string {
  const passed = /^Total: (\d+) passed/m.exec(summary)?.[1] ?? 'no';
  const excused = summary.split('\n').filter((line) => line.startsWith('  ~ ')).length;
  return `${passed} checks passed, ${String(excused)} ask for what is not there`;
}
