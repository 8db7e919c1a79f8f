/** What the schema finds wrong with a plan, in words, each with its place: `workstreams[2].branch: is missing`. */
import type { taskPlan } from '@lalia/protocol/operations';
import { nearest } from './nearest.ts';

type Issue = NonNullable<ReturnType<typeof taskPlan.safeParse>['error']>['issues'][number];

/** The keys of a plan by the depth of what has them: the plan, a workstream, a contract. */
const KEYS: Readonly<Record<number, readonly string[]>> = {
  0: ['project', 'repo_root', 'workstreams', '$schema'],
  2: ['slug', 'branch', 'brief', 'owned_paths', 'contracts', 'depends_on'],
  4: ['other_slug', 'note'],
};

/** One sentence for each mistake. */
export function planIssues(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => problemsOf(issue).map((problem) => `${place(issue.path)}${problem}`));
}

function problemsOf(issue: Issue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, KEYS[issue.path.length] ?? []));
  }
  if (issue.code === 'invalid_type') return [wrongType(issue.expected, issue.input)];
  if (issue.code !== 'too_big') return [issue.message];
  return [`has more than ${String(issue.maximum)} ${issue.origin === 'string' ? 'characters' : 'entries'}`];
}

function place(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? '' : `${text}: `;
}

function unknownKey(key: string, known: readonly string[]): string {
  const guess = nearest(key.replaceAll('-', '_').replace(/(?<=[a-z])[A-Z]/g, '_$&'), known);
  return `unknown key "${key}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object with keys',
};

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is missing';
  const wanted = EXPECTED[expected] ?? expected;
  const advice = expected === 'string' && typeof input !== 'object' ? '; put it in quotes' : '';
  return `is ${kindOf(input)}, not ${wanted}${advice}`;
}

function kindOf(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object with keys';
  return typeof input === 'string' ? 'text' : `a ${typeof input}`;
}
