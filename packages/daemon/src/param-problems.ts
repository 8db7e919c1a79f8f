/** What is wrong with the params of a request, in words of our own: a schema's are for whoever wrote the schema. Pure. */

/** What a schema says of one value; more fields by `code`. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly pattern?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
}

const MAX_SHOWN = 5;
const MAX_KEY_LENGTH = 80;

/** @returns a sentence for each of the first problems, as `workstreams[2].branch: is missing`. */
export function problemsOf(issues: readonly Issue[], params: unknown): string[] {
  return issues.slice(0, MAX_SHOWN).map((issue) => {
    const place = placeOf(issue.path);
    const sentence = sentenceOf(issue, valueAt(params, issue.path));
    return place === '' ? sentence : `${place}: ${sentence}`;
  });
}

/** A place as one writes it in a program: fields with dots, entries of a list by their number in brackets. */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${shown(String(key))}`));
  return parts.join('').replace(/^\./, '');
}

function valueAt(params: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    params,
  );
}

function sentenceOf(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  switch (issue.code ?? '') {
    case 'invalid_type':
      return `has to be ${EXPECTED[issue.expected ?? ''] ?? String(issue.expected)}`;
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'invalid_format':
      return issue.pattern === undefined ? 'has not the right form' : `has to match ${issue.pattern}`;
    case 'invalid_value':
      return `has to be ${(issue.values ?? []).map((one) => JSON.stringify(one)).join(' or ')}`;
    case 'unrecognized_keys':
      return `there is no field ${(issue.keys ?? []).slice(0, MAX_SHOWN).map(quoted).join(' or ')}`;
    case 'custom':
      return issue.message;
    default:
      return 'is none of the forms that it can have';
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function tooBig({ origin, maximum = 0, inclusive = true }: Issue): string {
  const most = String(maximum);
  if (origin === 'string') return `has more than ${most} characters`;
  if (origin === 'array') return `has more than ${most} entries`;
  return `has to be ${inclusive ? 'at most' : 'less than'} ${most}`;
}

function tooSmall({ origin, minimum = 0, inclusive = true }: Issue): string {
  const least = String(minimum);
  if (origin === 'string') return `has to have at least ${least} characters`;
  if (origin === 'array') return `has to have at least ${least} entries`;
  return `has to be ${inclusive ? 'at least' : 'more than'} ${least}`;
}

function quoted(key: string): string {
  return JSON.stringify(shown(key));
}

/** A key comes from a peer, and may be as long as a line. */
function shown(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? key : `${key.slice(0, MAX_KEY_LENGTH)}...`;
}
