/**
 * The face of the command line: commands, flags, documents. Whoever changes it on purpose updates the files with
 * `vitest run apps/cli/test/face.test.ts -u`; what programs read may grow, and nothing in it may go.
 */
import { readFileSync } from 'node:fs';
import { VERSION } from '@lalia/client';
import { describe, expect, test } from 'vitest';
import { COMMON_FLAGS, type Flags, GROUPS, shortOf, usageOf } from '../src/command.ts';
import { ALL_COMMANDS } from '../src/commands/index.ts';
import { FAST_COMMANDS } from '../src/fast.ts';
import { argumentRows, commandHelp, flagRows } from '../src/help/command-help.ts';
import { overview, summaries } from '../src/help/overview.ts';
import { commandsOf, topics } from '../src/help/topics.ts';
import { parse } from '../src/parse.ts';
import { widthOf } from '../src/render/width.ts';
import { DOCUMENTS, documentOf, ERROR_DOCUMENT } from './_documents.ts';
import { manPage } from './_man-page.ts';
import { commandReference } from './_reference.ts';

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

test('the page of the manual is in step with the commands', async () => {
  await expect(manPage(ALL_COMMANDS, VERSION)).toMatchFileSnapshot('../man/lalia.1');
});

test('the reference is in step with the commands', async () => {
  await expect(commandReference(ALL_COMMANDS)).toMatchFileSnapshot('../../../docs/reference/commands.md');
});

test('the launcher chooses the fast driver for exactly the commands that it has', () => {
  const launcher = readFileSync(new URL('../bin/lalia.js', import.meta.url), 'utf8');
  const [, list = ''] = /var fast = \[([^\]]*)\]/.exec(launcher) ?? [];
  expect(list.split(', ').map((name) => name.slice(1, -1))).toEqual([...FAST_COMMANDS.keys()]);
});

describe('help', () => {
  const view = { width: 80 };

  test('fits a screen of 24 lines and 80 columns', () => {
    const lines = overview(ALL_COMMANDS, view).trimEnd().split('\n');
    // A line for the prompt that follows.
    expect(lines.length).toBeLessThan(24);
    expect(lines.filter((line) => widthOf(line) > view.width)).toEqual([]);
  });

  test('lists every command once, under what one wants to do', () => {
    const all = summaries(ALL_COMMANDS, view).split('\n');
    const listed = ALL_COMMANDS.filter(
      ({ name }) => all.filter((line) => line.startsWith(`  ${name}  `)).length === 1,
    );
    expect(listed.map(({ name }) => name)).toEqual(ALL_COMMANDS.map(({ name }) => name));
    const short = overview(ALL_COMMANDS, view);
    for (const { name } of ALL_COMMANDS) expect(short).toContain(name.split(' ').at(-1));
    for (const group of GROUPS.filter((one) => ALL_COMMANDS.some((command) => command.group === one)))
      expect(short).toMatch(new RegExp(`^${group}  `, 'm'));
  });

  test('has every command in a topic', () => {
    const named = topics(ALL_COMMANDS).flatMap((topic) => commandsOf([topic], ALL_COMMANDS));
    expect(named.map(({ name }) => name).toSorted()).toEqual(ALL_COMMANDS.map(({ name }) => name).toSorted());
    expect(commandsOf(['task'], ALL_COMMANDS)).toEqual(commandsOf(['tasks'], ALL_COMMANDS));
    expect(commandsOf(['nothing'], ALL_COMMANDS)).toEqual([]);
  });

  test.for(ALL_COMMANDS.map((command) => [command.name, command] as const))(
    'of %s names its arguments and flags with what they mean, and no line is too wide',
    ([name, command]) => {
      const text = commandHelp(command, view);
      const flat = text.replace(/\s+/g, ' ');
      expect(flat).toContain(`lalia ${name}: ${command.summary}`);
      expect(flat).toContain(usageOf(command));
      const rows = [...argumentRows(command), ...flagRows({ ...command.flags, ...COMMON_FLAGS })];
      for (const { term, meaning } of rows) expect(flat).toContain(`${term} ${meaning}`);
      for (const { does, line } of command.examples) expect(text).toContain(`  ${does}:\n    ${line}\n`);
      const tooWide = text.split('\n').filter((line) => widthOf(line) > view.width);
      // An example is copied as it stands.
      expect(tooWide.filter((line) => !line.startsWith('    lalia'))).toEqual([]);
    },
  );

  test.for(ALL_COMMANDS.flatMap(({ examples }) => examples).map(({ line }) => [line]))(
    'has an example that can be typed: %s',
    ([line = '']) => {
      const calls = commandsIn(line);
      expect(calls.length).toBeGreaterThan(0);
      for (const words of calls) {
        const command = ALL_COMMANDS.filter(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
          .toSorted((a, b) => b.name.length - a.name.length)
          .at(0);
        if (command === undefined) throw new Error(`no command begins ${words.join(' ')}`);
        const given = words
          .slice(command.name.split(' ').length)
          .map((word) => (word === 'ID' ? ULID : word));
        expect(() => parse(command, given)).not.toThrow();
      }
    },
  );
});

const ULID = '01JD8X5Q0Z3M4N5P6Q7R8S9T0V';

/** The words after each `lalia` of a shell line, without what the shell takes for itself. */
function commandsIn(line: string): string[][] {
  return line
    .replaceAll(/ <\(([^)]*)\)/g, ' | $1')
    .split(/ (?:\||&&|;) /)
    .map((part) => (part.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map(unquoted))
    .map((words) => words.slice(0, words.findIndex((word) => /^[<>]/.test(word)) >>> 0))
    .filter(([program]) => program === 'lalia')
    .map(([, ...words]) => words);
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"([^"]*)"/g,
    (_, single?: string, double?: string) => single ?? double ?? '',
  );
}

function flagsOf(flags: Flags) {
  return Object.entries(flags)
    .map(([name, spec]) => ({
      name,
      kind: spec.kind,
      ...(spec.kind === 'choice' ? { options: spec.options } : {}),
      ...(shortOf(spec) === undefined ? {} : { short: shortOf(spec) }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
