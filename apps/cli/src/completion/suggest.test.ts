import { expect, test } from 'vitest';
import { ALL_COMMANDS } from '../commands/index.ts';
import { shellLine } from './shell-line.ts';
import { suggest } from './suggest.ts';

/** The words that are suggested at the end of a line, or what is looked for. */
function at(line: string): string[] | string {
  const { done, current } = shellLine(line);
  const wanted = suggest(ALL_COMMANDS, done.slice(1), current);
  if (wanted.kind === 'words')
    return wanted.words.map(({ word }) => word).filter((word) => word.startsWith(current));
  return `${wanted.before}<${wanted.of}>${wanted.as === undefined ? '' : ` as ${wanted.as}`}`;
}

test('commands, and what goes on after their first word', () => {
  expect(at('lalia te')).toEqual(['tell']);
  expect(at('lalia ')).toEqual(
    expect.arrayContaining(['tell', 'room', 'rooms', 'task', 'help', '--version']),
  );
  expect(at('lalia room')).toEqual(['rooms', 'room']);
  expect(at('lalia rooms ')).toEqual(expect.arrayContaining(['gc', '--json']));
  expect(at('lalia task guard ')).toEqual(['install', 'uninstall']);
  expect(at('lalia nothing ')).toEqual([]);
});

test('help takes commands and topics', () => {
  expect(at('lalia help tas')).toEqual(['task', 'tasks']);
  expect(at('lalia help ta')).toEqual(['task', 'tasks']);
  expect(at('lalia help task guard ')).toEqual(['install', 'uninstall']);
});

test.each([
  ['lalia tell ', '<agent>'],
  ['lalia tell --as bob ', '<agent> as bob'],
  ['lalia tell --as=bob co', '<agent> as bob'],
  ['lalia tell --as ', '<agent>'],
  ['lalia tell --as=b', '--as=<agent>'],
  ['lalia post ', '<room>'],
  ['lalia history ', '<conversation>'],
  ['lalia search word --in ', '<conversation>'],
  ['lalia tell codex --file ', '<file>'],
  ['lalia task publish --file=', '--file=<file>'],
  ['lalia task owns a b ', '<file>'],
  ['lalia task claim ', '<task>'],
  ['lalia task reassign search ', '<agent>'],
  ['lalia nickname ', '<nickname>'],
  ['lalia nickname -d ', '<nickname>'],
  ['lalia nickname --follow x ', '<agent>'],
])('after %j comes %s', (line, wanted) => {
  expect(at(line)).toBe(wanted);
});

test.each([
  ['lalia register --role ', ['peer', 'worker', 'supervisor']],
  ['lalia register --role=w', ['--role=worker']],
  ['lalia task set-status search ', ['in-progress', 'ready', 'blocked', 'merged']],
  ['lalia completion f', ['fish']],
  ['lalia hooks install cl', ['claude-code']],
  ['lalia hooks probe ai', ['aider']],
  ['lalia plugin ge', ['gemini']],
  ['lalia run w', ['worker']],
  ['lalia prompt ', ['peer', 'worker', 'supervisor']],
  ['lalia tell codex text --st', ['--status']],
  ['lalia tell codex text --status --st', []],
  ['lalia tell codex -- --st', []],
  ['lalia tell codex some', []],
  ['lalia read codex --timeout ', []],
  ['lalia whoami ', ['--as', '--json', '--no-color', '--help']],
] as const)('after %j come %j', (line, words) => {
  expect(at(line)).toEqual(words);
});

test.each([
  ['lalia tell "two words" x', ['lalia', 'tell', 'two words'], 'x'],
  [`lalia tell 'it''s' "a \\"b`, ['lalia', 'tell', 'its'], 'a "b'],
  ['lalia tell a\\ b ', ['lalia', 'tell', 'a b'], ''],
  ['lalia  tell   "', ['lalia', 'tell'], ''],
  ["lalia tell 'open", ['lalia', 'tell'], 'open'],
  ['lalia tell "\\\\" y', ['lalia', 'tell', '\\'], 'y'],
  ['lalia tell \\', ['lalia', 'tell'], ''],
  ['', [], ''],
] as const)('the line %j is its words', (line, done, current) => {
  expect(shellLine(line)).toEqual({ done, current });
});
