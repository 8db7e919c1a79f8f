/** Help of every command as the driver gives it; the same in a process of its own is cli-contract's, for one of each kind. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ALL_COMMANDS } from '../src/commands/index.ts';
import { main } from '../src/oclif.ts';

let written: { stdout: string; stderr: string };

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((...call: unknown[]) => {
      written[name] += String(call[0]);
      const done = call.at(-1);
      if (isCallback(done)) done();
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function printed(argv: readonly string[]) {
  written.stdout = '';
  const code = await main(argv);
  return { ...written, code };
}

/** A terminal's colours and moves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const ESCAPE = /\x1b/;

test.each(ALL_COMMANDS.map(({ name }) => name))(
  'lalia %s --help and lalia help %s say how it is used, and do nothing',
  async (name) => {
    const words = name.split(' ');
    const { code, stdout, stderr } = await printed([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`lalia ${name}`);
    expect(stdout).toContain('--json');
    expect(stdout).not.toMatch(ESCAPE);
    expect(await printed(['help', ...words])).toEqual({ code, stdout, stderr });
  },
);

function isCallback(value: unknown): value is () => void {
  return typeof value === 'function';
}
