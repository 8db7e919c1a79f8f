import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Lalia, Running, run } from '@lalia/testkit';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const script = join(root, 'examples/python/lalia_client.py');

/** Both ways in which the example signs. `-S` hides installed packages from Python, so that it has to use openssl. */
const variants = [
  {
    signing: 'the cryptography package',
    python: ['python3'],
    isThere: () => output('python3', '-c', 'import cryptography') !== undefined,
  },
  {
    signing: 'the openssl command',
    python: ['python3', '-S'],
    isThere: () => hasPython && output('openssl', 'version')?.startsWith('OpenSSL 3') === true,
  },
];

const hasPython = output('python3', '--version') !== undefined;

/** Fails for every signature that the example makes otherwise than the test vectors have it. */
const CHECK_VECTORS = `
import base64, json, sys
sys.path.insert(0, sys.argv[1])
from lalia_client import base64url, ed25519
vectors = json.load(open(sys.argv[2]))
decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
keys = {key["agent_id"]: key for key in vectors["keys"]}
for vector in vectors["valid"]:
    auth = vector["request"]["params"]["auth"]
    public_key, sign = ed25519(decode(keys[auth["agent_id"]]["private_key"]))
    assert base64url(public_key) == keys[auth["agent_id"]]["public_key"]
    assert base64url(sign(vector["signing_text"].encode())) == auth["sig"], vector["why"]
print(len(vectors["valid"]))
`;

test.for(variants)(
  'a Python program that signs with $signing and a Node agent exchange messages both ways',
  async (variant, { annotate }) => {
    if (!variant.isThere()) {
      await annotate(`Not run: this machine has no python3 with ${variant.signing}.`, 'warning');
      return;
    }
    await using lalia = new Lalia();
    const client = await lalia.connect();
    const { agent: alice } = await client.register({ name: 'alice', project: null });
    const identities = new Set<string>();
    for (const text of ['Grüße aus Python 😀\n"\\', 'The same agent again.']) {
      const python = new Running([...variant.python, script, 'monty', 'alice', text], {
        cwd: lalia.folder,
        env: lalia.env,
      });
      const delivery = await Promise.race([alice.read('any'), python.finished]);
      if ('code' in delivery)
        throw new Error(`Python ended with ${String(delivery.code)}: ${delivery.stderr}`);
      expect(delivery.messages.map(({ body, from }) => [body, from.name])).toEqual([[text, 'monty']]);
      for (const { from } of delivery.messages) identities.add(from.agent_id);
      await delivery.ack();

      const answer = `An answer to "${text}", with é and 😀.`;
      await alice.tell('monty', answer);
      expect(await python.finished).toMatchObject({ code: 0, stdout: `${answer}\n` });
      const { receipts } = await alice.receipts({ peer: 'monty' }, { limit: 1 });
      expect(receipts[0]?.recipients[0]?.state).toBe('read');
    }
    expect(identities.size).toBe(1);
    await lalia.journaled();
    expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
  },
);

test.for(variants)(
  'the Python example that signs with $signing makes the signatures of the test vectors',
  async (variant, { annotate }) => {
    if (!variant.isThere()) {
      await annotate(`Not run: this machine has no python3 with ${variant.signing}.`, 'warning');
      return;
    }
    const vectors = join(root, 'packages/protocol/vectors/signed-requests.json');
    const checked = await run([...variant.python, '-B', '-c', CHECK_VECTORS, join(script, '..'), vectors]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(Number(checked.stdout)).toBeGreaterThan(5);
  },
);

test('without a daemon the Python example says how to start one', async ({ annotate }) => {
  if (!hasPython) {
    await annotate('Not run: this machine has no python3.', 'warning');
    return;
  }
  await using lalia = new Lalia();
  const { code, stderr } = await run(['python3', script, 'monty', 'alice', 'x'], {
    cwd: lalia.folder,
    env: lalia.env,
  });
  expect([code, stderr]).toEqual([1, 'No daemon is running: run `lalia start` first.\n']);
});

/** What a command prints; undefined when it fails or is not there. */
function output(program: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
