/**
 * The file that `task publish` reads: a plan in JSON or YAML, checked against its definition, with messages that name the
 * place. Loaded for that command alone: it brings the schemas and the reader of YAML.
 */
import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { bodyFromBytes, fail, isLaliaError, type LaliaError, limits, type TaskPlan } from '@lalia/client';
import { taskPlan } from '@lalia/protocol/operations';
import { parseDocument } from 'yaml';
import { jsonFault, placeOf } from './json-fault.ts';
import { planIssues } from './plan-issues.ts';

const STDIN = '-';
const MAX_SHOWN = 10;

/**
 * Reads a plan.
 * @param file a path; `-` is standard input.
 * @throws LaliaError `invalid_params`, or `message_too_large`, that says what is wrong and where.
 */
export async function readPlan(file: string): Promise<TaskPlan> {
  const name = file === STDIN ? 'standard input' : file;
  const text = textOf(await bytesOf(file), name);
  const plan = checkPlan(parsePlan(text, name), name);
  if (plan.repo_root === undefined) return plan;
  return { ...plan, repo_root: resolve(file === STDIN ? '.' : dirname(file), plan.repo_root) };
}

/**
 * Parses the text of a plan: as JSON or YAML after its name's ending, else after how it begins.
 * @throws LaliaError `invalid_params` with line and column.
 */
export function parsePlan(text: string, name: string): unknown {
  if (text.trim() === '') throw invalid(name, 'there is nothing in it');
  return isJson(text, name) ? parseJson(text, name) : parseYaml(text, name);
}

/** @throws LaliaError `invalid_params` with the place of each mistake. */
export function checkPlan(document: unknown, name: string): TaskPlan {
  if (document === null || document === undefined) throw invalid(name, 'there is nothing in it');
  const checked = taskPlan.safeParse(withoutSchema(document), { reportInput: true });
  if (checked.success) return checked.data;
  const problems = planIssues(checked.error.issues);
  const more = problems.length > MAX_SHOWN ? `; and ${String(problems.length - MAX_SHOWN)} more` : '';
  throw invalid(name, problems.slice(0, MAX_SHOWN).join('; ') + more, { problems });
}

async function bytesOf(file: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === STDIN ? process.stdin : createReadStream(file)) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > limits.MAX_LINE_BYTES) throw tooLarge();
    }
  } catch (error) {
    throw isLaliaError(error) ? error : unreadable(error, file);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): LaliaError {
  return fail('message_too_large', `A plan has at most ${String(limits.MAX_LINE_BYTES)} bytes.`, {
    hint: 'Publish it in several parts.',
  });
}

function unreadable(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'reading it is not allowed',
  };
  return fail(
    'invalid_params',
    `The plan cannot be read, ${why[String(error.code)] ?? error.message}: ${file}`,
    {
      cause: error,
      context: { file },
      hint: 'Give the file with --file FILE, or the plan on standard input with --file -.',
    },
  );
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return bodyFromBytes(bytes).replace(/^\ufeff/, '');
  } catch (error) {
    if (!isLaliaError(error) || error.reason === 'message_too_large') throw error;
    throw invalid(name, error.reason === 'empty_body' ? 'there is nothing in it' : 'it is not text');
  }
}

function isJson(text: string, name: string): boolean {
  if (/\.ya?ml$/i.test(name)) return false;
  return /\.json$/i.test(name) || /^\s*[{[]/.test(text);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const fault = jsonFault(text);
    if (fault === undefined) throw cause;
    throw invalid(name, at(placeOf(text, fault.offset), fault.problem));
  }
}

function parseYaml(text: string, name: string): unknown {
  const document = parseDocument(text);
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const [start] = error.linePos ?? [];
    const problem = (error.message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    throw invalid(name, start === undefined ? problem : at({ line: start.line, column: start.col }, problem));
  }
  try {
    return document.toJS() as unknown;
  } catch (cause) {
    throw invalid(name, cause instanceof Error ? cause.message : String(cause));
  }
}

function at({ line, column }: { readonly line: number; readonly column: number }, problem: string): string {
  return `line ${String(line)}, column ${String(column)}: ${problem}`;
}

/** What an editor wants to know of the file is not part of the plan. */
function withoutSchema(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { $schema: _, ...plan } = document as Readonly<Record<string, unknown>>;
  return plan;
}

function invalid(name: string, problem: string, context: Readonly<Record<string, unknown>> = {}): LaliaError {
  return fail('invalid_params', `${name}: ${problem}`, {
    context: { file: name, ...context },
    hint: 'docs/guide/tasks.md shows a plan; packages/protocol/schemas/task-plan.json is its JSON Schema.',
  });
}
