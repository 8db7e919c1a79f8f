import type { Message } from '@lalia/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  membersDocument,
  messageSubject,
  registryDocument,
  roomDocument,
  taskListPath,
} from './documents.ts';

const AGENT = '01K5ZZZZZZZZZZZZZZZZZZZZZA';
const MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const room = {
  roomId: '01K5ZZZZZZZZZZZZZZZZZZZZZR',
  name: 'feat-auth',
  project: 'lalia',
  description: ' Who logs in. ',
  createdBy: AGENT,
  createdMs: MS,
  archivedMs: null,
};

test('the document of an agent has its facts in a fixed order', () => {
  const facts = {
    agentId: AGENT,
    name: 'alice',
    project: null,
    kind: 'agent',
    role: 'peer',
    harness: 'codex',
    model: null,
  } as const;
  const text = registryDocument(
    { ...facts, publicKey: new Uint8Array(32), registeredMs: MS, unregisteredMs: MS },
    ['al'],
  );
  expect(text).toBe(`{
  "lalia": 1,
  "agent_id": "${AGENT}",
  "name": "alice",
  "former_names": [
    "al"
  ],
  "project": null,
  "kind": "agent",
  "role": "peer",
  "harness": "codex",
  "model": null,
  "public_key": "${'A'.repeat(43)}",
  "registered_at": "2026-01-02T03:04:05.000Z",
  "unregistered_at": "2026-01-02T03:04:05.000Z"
}
`);
});

test('the documents of a room say what it is and who is in it', () => {
  expect(roomDocument(room)).toBe(
    `---\nlalia: 1\nroom_id: ${room.roomId}\nname: feat-auth\nproject: "lalia"\ncreated_by: ${AGENT}\n` +
      'created_at: 2026-01-02T03:04:05.000Z\n---\n\n# feat-auth\n\nWho logs in.\n',
  );
  expect(membersDocument(room, [{ agentId: AGENT, name: 'alice', joinedMs: MS }])).toBe(
    `# Members of feat-auth\n\n| name | agent | since |\n| --- | --- | --- |\n| alice | ${AGENT} | 2026-01-02T03:04:05.000Z |\n`,
  );
});

function subjectOf(body: string): string {
  return messageSubject({ kind: 'tell', from: 'alice', to: 'bob', seq: 7, body } as Message);
}

test.each([
  ['Hello.', 'alice -> bob 7: Hello.'],
  ['Two\nlines\tand\u001b[31m colour', 'alice -> bob 7: Two lines and [31m colour'],
  ['\u202Eright to left', 'alice -> bob 7: right to left'],
  ['x'.repeat(100), `alice -> bob 7: ${'x'.repeat(59)}…`],
  ['😀'.repeat(100), `alice -> bob 7: ${'😀'.repeat(59)}…`],
  [' \n ', 'alice -> bob 7:'],
])('the subject of %j is one line', (body, subject) => {
  expect(subjectOf(body).trimEnd()).toBe(subject);
});

test('a subject never has a control character, a newline or half a character', () => {
  const law = fc.property(fc.string({ unit: 'binary' }), (body) => {
    expect(subjectOf(body)).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
  });
  fc.assert(law);
});

test('two projects never share a task list, whatever their names and the case of their letters', () => {
  const project = fc.oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.stringMatching(/^[aA./~-]{1,4}$/),
  );
  const law = fc.property(project, project, (one, other) => {
    expect(taskListPath(one)).toMatch(/^tasks\/[A-Za-z0-9._~-]+\/task-list\.json$/);
    expect(taskListPath(one)).not.toMatch(/\/\.\.?\//);
    const isSame = taskListPath(one).toLowerCase() === taskListPath(other).toLowerCase();
    expect(isSame).toBe(one === other);
  });
  fc.assert(law);
  expect(taskListPath('lalia')).toBe('tasks/lalia/task-list.json');
});
