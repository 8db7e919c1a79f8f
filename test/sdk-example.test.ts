import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lalia, Running } from '@lalia/testkit';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const example = join(root, 'examples/node/agent.mjs');

test('the example of the guide answers who asks it, acknowledges what it handled, and ends in order', async () => {
  await using lalia = new Lalia();
  const helper = new Running([process.execPath, example, 'helper'], { cwd: lalia.folder, env: lalia.env });
  try {
    await helper.until(({ stdout }) => stdout.includes('helper is ready'));
    const client = await lalia.connect();
    const { agent: alice } = await client.register({ name: 'alice', project: null });

    await alice.tell('helper', 'No answer needed.');
    const { delivery } = await alice.ask('helper', 'What did I say?');
    await delivery.ack();
    expect(delivery.messages.map(({ body }) => body)).toEqual([
      'I was told: alice, another agent, writes: What did I say?',
    ]);
    // It takes a second question only when it has acknowledged the first, so what came before is read by now.
    await (await alice.ask('helper', 'And now?')).delivery.ack();
    const { receipts } = await alice.receipts({ peer: 'helper' });
    const states = receipts.flatMap(({ recipients }) => recipients.map(({ state }) => state));
    expect(states.filter((state) => state !== 'answered')).toEqual(['read']);
  } finally {
    helper.kill('SIGTERM');
  }
  expect(await helper.finished).toMatchObject({ code: 0, stderr: '' });
});

test('the guide shows the example as it is', () => {
  const guide = readFileSync(join(root, 'docs/guide/sdk.md'), 'utf8');
  expect(/```js\n(.*?)```/s.exec(guide)?.[1]).toBe(readFileSync(example, 'utf8'));
});

test('the example has no more than twenty lines of code', () => {
  const lines = readFileSync(example, 'utf8').split('\n');
  const code = lines.filter((line) => /\w/.test(line) && !/^\s*(\/\/|\/\*)/.test(line));
  expect(code.length).toBeLessThanOrEqual(20);
});
