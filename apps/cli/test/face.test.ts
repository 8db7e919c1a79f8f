/**
 * The face of the command line: commands, flags, documents. Whoever changes it on purpose updates the files with
 * `vitest run apps/cli/test/face.test.ts -u`; what programs read may grow, and nothing in it may go.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMON_FLAGS, type Flags, GROUPS } from '../src/command.ts';
import { ALL_COMMANDS } from '../src/commands/index.ts';
import { FAST_COMMANDS } from '../src/fast.ts';
import { rootHelp } from '../src/help.ts';
import { DOCUMENTS, documentOf, ERROR_DOCUMENT } from './_documents.ts';

test('commands, arguments and flags are the pinned ones', async () => {
  const snapshot = ALL_COMMANDS.map(({ name, args, flags }) => ({
    command: name,
    args: Object.entries(args).map(([arg, spec]) => ({ name: arg, required: spec.optional !== true })),
    flags: flagsOf({ ...flags, ...COMMON_FLAGS }),
  }));
  await expect(pretty(snapshot)).toMatchFileSnapshot('../command-snapshot.json');
});

describe('the document of', () => {
  test.for(Object.entries(DOCUMENTS))('%s is the pinned one', async ([name, schema]) => {
    await expect(pretty(documentOf(`lalia ${name} --json`, schema))).toMatchFileSnapshot(
      `../schemas/${name.replaceAll(' ', '-')}.json`,
    );
  });

  test('an error is the pinned one', async () => {
    await expect(
      pretty(documentOf('the error of any command, with --json', ERROR_DOCUMENT)),
    ).toMatchFileSnapshot('../schemas/error.json');
  });

  test('every command is described', () => {
    const undocumented = ALL_COMMANDS.map(({ name }) => name).filter(
      (name) => !Object.hasOwn(DOCUMENTS, name),
    );
    expect(undocumented).toEqual([]);
  });
});

test('the launcher chooses the fast driver for exactly the commands that it has', () => {
  const launcher = readFileSync(new URL('../bin/lalia.js', import.meta.url), 'utf8');
  const [, list = ''] = /var fast = \[([^\]]*)\]/.exec(launcher) ?? [];
  expect(list.split(', ').map((name) => name.slice(1, -1))).toEqual([...FAST_COMMANDS.keys()]);
});

test('help lists every command once, under what one wants to do', () => {
  const help = rootHelp();
  const listed = ALL_COMMANDS.filter(
    ({ name }) => help.split('\n').filter((line) => line.startsWith(`  ${name}  `)).length === 1,
  );
  expect(listed.map(({ name }) => name)).toEqual(ALL_COMMANDS.map(({ name }) => name));
  expect(GROUPS.filter((group) => !help.includes(`\n${group}\n`))).toEqual([]);
});

function flagsOf(flags: Flags) {
  return Object.entries(flags)
    .map(([name, spec]) => ({
      name,
      kind: spec.kind,
      ...(spec.kind === 'choice' ? { options: spec.options } : {}),
      ...(spec.kind === 'switch' && spec.short !== undefined ? { short: spec.short } : {}),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
