import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLaliaError, type LaliaError } from '@lalia/client';
import { afterAll, describe, expect, test } from 'vitest';
import { checkPlan, parsePlan, readPlan } from './plan-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const WORKSTREAM = { slug: 'api', branch: 'feat/api', brief: 'Build it.' };

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string): Promise<LaliaError> {
  try {
    await readPlan(path);
  } catch (error) {
    if (isLaliaError(error)) return error;
    throw error;
  }
  throw new Error(`${path} was not refused`);
}

/** What is said of a plan, without the name of its file. */
function mistakes(document: unknown): string {
  try {
    checkPlan(document, 'f');
  } catch (error) {
    if (isLaliaError(error)) return error.message.replace(/^f: /, '');
    throw error;
  }
  return '';
}

describe('a plan', () => {
  const expected = {
    workstreams: [{ ...WORKSTREAM, owned_paths: ['src/'], contracts: [], depends_on: [] }],
  };

  test.for([
    ['plan.json', JSON.stringify({ workstreams: [{ ...WORKSTREAM, owned_paths: ['src/'] }] })],
    ['bom.json', `\ufeff${JSON.stringify({ workstreams: [{ ...WORKSTREAM, owned_paths: ['src/'] }] })}`],
    ['plan', JSON.stringify({ workstreams: [{ ...WORKSTREAM, owned_paths: ['src/'] }] }, null, 2)],
    [
      'plan.yaml',
      'workstreams:\n- slug: api\n  branch: feat/api\n  brief: Build it.\n  owned_paths: [src/]\n',
    ],
    [
      'plan.txt',
      '# as YAML\nworkstreams:\n- {slug: api, branch: feat/api, brief: Build it., owned_paths: [src/]}\n',
    ],
    ['flow.yml', '{workstreams: [{slug: api, branch: feat/api, brief: Build it., owned_paths: [src/]}]}'],
  ] as const)('is read from %s', async ([name, content]) => {
    expect(await readPlan(file(name, content))).toEqual(expected);
  });

  test('may say which schema it has, for editors', async () => {
    const path = file(
      'schema.json',
      JSON.stringify({ $schema: './task-plan.json', workstreams: [WORKSTREAM] }),
    );
    expect(await readPlan(path)).not.toHaveProperty('$schema');
  });

  test('names its repository as seen from where it lies', async () => {
    const path = file('place.json', JSON.stringify({ repo_root: '../shop', workstreams: [WORKSTREAM] }));
    expect((await readPlan(path)).repo_root).toBe(join(tmpdir(), 'shop'));
  });
});

describe('a file that is no plan is refused:', () => {
  test.for([
    ['empty.json', '', 'there is nothing in it'],
    ['blank.yaml', ' \n\n', 'there is nothing in it'],
    ['comments.yaml', '# nothing\n', 'there is nothing in it'],
    ['binary', new Uint8Array([0x7b, 0xff, 0xfe]), 'it is not text'],
    ['nul.yaml', 'a\0b', 'it is not text'],
    ['comma.json', '{"workstreams": [\n  {"slug": "a",}\n]}', 'line 2, column 16: expected a key'],
    ['tabs.yaml', 'workstreams:\n\t- slug: a\n', 'line 2, column 1: '],
    ['twice.yaml', 'workstreams: []\nworkstreams: []\n', 'line 2, column 1: Map keys must be unique'],
    ['two.yaml', 'workstreams: []\n---\nworkstreams: []\n', 'line 2, column 1: '],
    ['alias.yaml', 'workstreams: *nobody\n', 'Unresolved alias'],
    ['list.json', '[]', 'is a list, not an object with keys'],
    ['text.yaml', 'hello', 'is text, not an object with keys'],
  ] as const)('%s', async ([name, content, problem]) => {
    const error = await refusal(file(name, content));
    expect(error).toMatchObject({ reason: 'invalid_params', code: 1 });
    expect(error.message).toContain(`${join(folder, name)}: ${problem}`);
  });

  test('a folder, and one that is not there', async () => {
    expect((await refusal(folder)).message).toContain('it is a folder');
    expect((await refusal(join(folder, 'none'))).message).toContain('there is no such file');
  });

  test('one that would not fit a line', async () => {
    const path = file('large.json', JSON.stringify('x'.repeat(4 * 1024 * 1024)));
    expect(await refusal(path)).toMatchObject({ reason: 'message_too_large' });
  });

  test('one whose aliases would grow without end', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) {
      bomb.push(
        `${String(to)}: &${String(to)} [${Array.from({ length: 10 }, () => `*${String(from)}`).join()}]`,
      );
    }
    expect(() => parsePlan(bomb.join('\n'), 'bomb.yaml')).toThrow(/alias/i);
  });
});

describe('a mistake in a plan is told with its place:', () => {
  const { slug: _, ...unnamed } = WORKSTREAM;
  test.for([
    [{}, 'workstreams: is missing'],
    [{ workstreams: [] }, 'workstreams: names no workstream'],
    [{ workstreams: [unnamed] }, 'workstreams[0].slug: is missing'],
    [
      { workstreams: [WORKSTREAM, { ...WORKSTREAM, branch: 'a b' }] },
      'workstreams[1].branch: is not a name for a branch',
    ],
    [
      { workstreams: [{ ...WORKSTREAM, slug: 12 }] },
      'workstreams[0].slug: is a number, not text; put it in quotes',
    ],
    [{ workstreams: [{ ...WORKSTREAM, brief: ' ' }] }, 'workstreams[0].brief: is empty'],
    [{ workstreams: [{ ...WORKSTREAM, brief: null }] }, 'workstreams[0].brief: is empty, not text'],
    [
      { workstreams: [{ ...WORKSTREAM, owned_paths: 'src' }] },
      'workstreams[0].owned_paths: is text, not a list',
    ],
    [
      { workstreams: [{ ...WORKSTREAM, owned_paths: ['!src'] }] },
      'workstreams[0].owned_paths[0]: is not a pattern',
    ],
    [
      { workstreams: [{ ...WORKSTREAM, contracts: [{ other_slug: 'ui' }] }] },
      'workstreams[0].contracts[0].note: is missing',
    ],
    [
      { workstreams: [{ ...WORKSTREAM, ownedPaths: [] }] },
      'workstreams[0]: unknown key "ownedPaths"; did you mean "owned_paths"?',
    ],
    [{ workstreams: [WORKSTREAM], name: 'x' }, 'unknown key "name"'],
    [
      { workstreams: Array.from({ length: 257 }, () => WORKSTREAM) },
      'workstreams: has more than 256 entries',
    ],
  ] as const)('%#', ([document, expected]) => {
    expect(mistakes(document)).toContain(expected);
  });

  test('all of them, as far as a reader would read', () => {
    const workstreams = Array.from({ length: 6 }, () => ({ branch: '-', brief: '' }));
    const told = mistakes({ workstreams });
    expect(told.split('; ')).toHaveLength(11);
    expect(told).toMatch(/; and 8 more$/);
  });
});
