import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@lalia/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as face from '../src/index.ts';
import {
  deleteKeyFile,
  keystoreKind,
  makePrivateFolder,
  openKeystore,
  readKeyFile,
  writeKeyFile,
} from '../src/index.ts';

const agentId = '01KAKCVB4N7Y0Q4E7T2J3R5W6X';
let root: string;
let dir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lalia keys ü-'));
  dir = join(root, 'home', 'keys');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('keys in files', () => {
  it('a key that was written is read back byte for byte', async () => {
    const { privateKey } = generateKeyPair();
    const store = openKeystore({ kind: 'files', dir });
    await store.write(agentId, privateKey);
    expect(Buffer.from((await store.read(agentId)) ?? [])).toEqual(Buffer.from(privateKey));
  });

  it('a key file is one line of base64url that only its owner can read, in a folder that only its owner can enter', () => {
    const { privateKey } = generateKeyPair();
    writeKeyFile({ dir, agentId }, privateKey);
    const file = join(dir, `${agentId}.key`);
    expect(readFileSync(file, 'utf8')).toBe(`${Buffer.from(privateKey).toString('base64url')}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(readdirSync(dir)).toEqual([`${agentId}.key`]);
  });

  it('a leftover of a crashed writer neither hinders the next one nor lends it its mode', () => {
    const { privateKey } = generateKeyPair();
    writeKeyFile({ dir, agentId }, privateKey);
    const leftover = join(dir, `${agentId}.key.${String(process.pid)}.new`);
    writeFileSync(leftover, 'half');
    chmodSync(leftover, 0o666);
    writeKeyFile({ dir, agentId }, privateKey);
    expect(existsSync(leftover)).toBe(false);
    expect(statSync(join(dir, `${agentId}.key`)).mode & 0o777).toBe(0o600);
  });

  it('an absent key is undefined, and a deleted one is absent', async () => {
    const store = openKeystore({ kind: 'files', dir });
    expect(await store.read(agentId)).toBeUndefined();
    await store.delete(agentId);
    await store.write(agentId, generateKeyPair().privateKey);
    await store.delete(agentId);
    expect(await store.read(agentId)).toBeUndefined();
  });

  it.each([
    ['an empty file', ''],
    ['31 bytes', Buffer.alloc(31, 7).toString('base64url')],
    ['33 bytes', Buffer.alloc(33, 7).toString('base64url')],
    ['a torn key', Buffer.alloc(32, 7).toString('base64url').slice(0, 20)],
    ['characters outside base64url', `${'A'.repeat(42)}!`],
    ['something after the key', `${Buffer.alloc(32, 7).toString('base64url')}\nmore`],
  ])('a file with %s is refused as key_missing', (_, content) => {
    writeKeyFile({ dir, agentId }, generateKeyPair().privateKey);
    writeFileSync(join(dir, `${agentId}.key`), content);
    expect(() => readKeyFile({ dir, agentId })).toThrow(expect.objectContaining({ reason: 'key_missing' }));
  });

  it('a key of another length is not written', () => {
    expect(() => writeKeyFile({ dir, agentId }, new Uint8Array(31))).toThrow(RangeError);
    expect(existsSync(dir)).toBe(false);
  });

  it('nothing but a ULID becomes part of a path', () => {
    expect(() => readKeyFile({ dir, agentId: '../../etc/passwd' })).toThrow(RangeError);
    expect(() => deleteKeyFile({ dir, agentId: '' })).toThrow(RangeError);
  });
});

describe('the choice', () => {
  it('LALIA_KEYSTORE asks for a keychain by name only', () => {
    expect([undefined, '', 'files', 'Keychain', 'keychain'].map(keystoreKind)).toEqual([
      'files',
      'files',
      'files',
      'files',
      'keychain',
    ]);
  });
});

describe('a private folder', () => {
  it('is made with all that is above it, for its owner alone', () => {
    const path = join(root, 'a', 'b');
    makePrivateFolder(path);
    makePrivateFolder(path);
    expect([path, join(root, 'a')].map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('is refused below a file, and where the system has no folders', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => {
      makePrivateFolder(join(file, 'a'));
    }).toThrow('ENOTDIR');
    if (process.platform !== 'linux') return;
    expect(() => {
      makePrivateFolder('/proc/lalia/a');
    }).toThrow('ENOENT');
  });
});

it('the public face is exactly this', () => {
  expect(Object.keys(face).sort()).toEqual([
    'deleteKeyFile',
    'keystoreKind',
    'makePrivateFolder',
    'openKeystore',
    'readKeyFile',
    'writeKeyFile',
  ]);
});
