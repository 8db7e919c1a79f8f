/** The keychains of the systems, each behind a program on the PATH that stands for the real one. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateKeyPair } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeystore, readKeyFile, writeKeyFile } from '../src/index.ts';
import { KeychainUnavailable, systemKeychain } from '../src/keychain.ts';

const agentId = '01KAKCVB4N7Y0Q4E7T2J3R5W6X';
const path = process.env['PATH'];
let root: string;

/** Both keep a secret in a file named after what it is looked up by, and note how they were called. */
const STUBS = {
  'secret-tool': `
command=$1; shift
[ "$command" = store ] && shift
file="$here/$(printf %s "$*" | tr -c 'A-Za-z0-9' _)"
case $command in
  store) cat > "$file" ;;
  lookup) [ -f "$file" ] || exit 1; cat "$file" ;;
  clear) [ -f "$file" ] || exit 1; rm "$file" ;;
esac`,
  security: `
if [ "$1" = -i ]; then read -r line; eval "set -- $line"; fi
command=$1; shift
[ "$1" = -U ] && shift
file="$here/$(printf %s "$1 $2 $3 $4" | tr -c 'A-Za-z0-9' _)"
case $command in
  add-generic-password) printf '%s\\n' "$6" > "$file" ;;
  find-generic-password) [ -f "$file" ] || exit 44; cat "$file" ;;
  delete-generic-password) [ -f "$file" ] || exit 44; rm "$file" ;;
esac`,
} as const;

function stub(program: keyof typeof STUBS, script: string = STUBS[program]): string {
  const bin = join(root, 'bin');
  const kept = join(root, 'kept');
  mkdirSync(bin, { recursive: true });
  mkdirSync(kept, { recursive: true });
  const head = `#!/bin/sh\nhere='${kept}'\nprintf '%s\\n' "$*" >> '${join(root, 'calls')}'\n`;
  writeFileSync(join(bin, program), `${head}${script}\n`, { mode: 0o755 });
  process.env['PATH'] = [bin, path].join(delimiter);
  return kept;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lalia keychain ü-'));
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true, force: true });
});

describe.each([
  ['secret-tool', 'linux'],
  ['security', 'darwin'],
] as const)('a key kept by %s', (program, platform) => {
  it('is read back, replaced and deleted, by home and agent, and is on no command line', async () => {
    stub(program);
    const keychain = systemKeychain(platform);
    const [here, there] = [
      { home: '/home/ada/.lalia "x"', agentId },
      { home: '/other', agentId },
    ];
    const [first, second] = [generateKeyPair().privateKey, generateKeyPair().privateKey];
    expect(await keychain.read(here)).toBeUndefined();
    await keychain.delete(here);
    await keychain.write(here, first);
    expect(Buffer.from((await keychain.read(here)) ?? [])).toEqual(Buffer.from(first));
    expect(await keychain.read(there)).toBeUndefined();
    await keychain.write(here, second);
    expect(Buffer.from((await keychain.read(here)) ?? [])).toEqual(Buffer.from(second));
    await keychain.delete(here);
    expect(await keychain.read(here)).toBeUndefined();
    const calls = readFileSync(join(root, 'calls'), 'utf8');
    for (const key of [first, second]) expect(calls).not.toContain(Buffer.from(key).toString('base64url'));
  });

  it('that is no key is refused as key_missing, and one of another length is not written', async () => {
    const kept = stub(program);
    const keychain = systemKeychain(platform);
    const place = { home: '/h', agentId };
    await keychain.write(place, generateKeyPair().privateKey);
    for (const name of readdirSync(kept)) writeFileSync(join(kept, name), 'garbage');
    await expect(keychain.read(place)).rejects.toMatchObject({ reason: 'key_missing' });
    await expect(keychain.write(place, new Uint8Array(31))).rejects.toThrow(RangeError);
    await expect(keychain.read({ home: '/h', agentId: '-x' })).rejects.toThrow(RangeError);
  });

  it('is unavailable where the program fails, or is missing', async () => {
    stub(program, 'echo "Cannot autolaunch D-Bus" >&2; exit 1');
    const keychain = systemKeychain(platform);
    const place = { home: '/h', agentId };
    const key = generateKeyPair().privateKey;
    await expect(keychain.read(place)).rejects.toThrow('Cannot autolaunch D-Bus');
    await expect(keychain.write(place, key)).rejects.toThrow(KeychainUnavailable);
    process.env['PATH'] = join(root, 'nowhere');
    await expect(keychain.read(place)).rejects.toThrow('not installed');
    await expect(keychain.write(place, key)).rejects.toThrow('not installed');
  });
});

describe('LALIA_KEYSTORE=keychain', () => {
  const program = process.platform === 'darwin' ? 'security' : 'secret-tool';

  it('keeps keys in the keychain and none in files, and finds and deletes those of before', async () => {
    stub(program);
    const dir = join(root, 'keys');
    const store = openKeystore({ kind: 'keychain', dir });
    const [old, key] = [generateKeyPair().privateKey, generateKeyPair().privateKey];
    writeKeyFile({ dir, agentId }, old);
    expect(Buffer.from((await store.read(agentId)) ?? [])).toEqual(Buffer.from(old));
    await store.write(agentId, key);
    expect(existsSync(join(dir, `${agentId}.key`))).toBe(false);
    expect(Buffer.from((await store.read(agentId)) ?? [])).toEqual(Buffer.from(key));
    await store.delete(agentId);
    expect(await store.read(agentId)).toBeUndefined();
  });

  it('without a keychain keeps them in files, with one warning', async () => {
    process.env['PATH'] = join(root, 'nowhere');
    const warnings: string[] = [];
    const dir = join(root, 'keys');
    const key = generateKeyPair().privateKey;
    for (let count = 0; count < 2; count += 1) {
      const store = openKeystore({ kind: 'keychain', dir, warn: (line) => warnings.push(line) });
      await store.write(agentId, key);
      expect(Buffer.from((await store.read(agentId)) ?? [])).toEqual(Buffer.from(key));
    }
    expect(Buffer.from(readKeyFile({ dir, agentId }) ?? [])).toEqual(Buffer.from(key));
    expect(warnings).toEqual([
      'lalia: LALIA_KEYSTORE=keychain cannot be used (its program is not installed); private keys are kept in files.',
    ]);
  });
});
