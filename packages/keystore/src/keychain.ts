/**
 * Private keys in the keychain of the system, through its own program: `security` on macOS, `secret-tool` (Secret Service) on
 * Linux. A key goes in on standard input: what stands on a command line, every process can read.
 */
import { fail, isUlid, type Ulid } from '@lalia/protocol';

const SERVICE = 'lalia';
const KEY_BYTES = 32;
const KEY_TEXT = /^[A-Za-z0-9_-]{43}$/;
/** What `security` ends with when there is no such item (errSecItemNotFound). */
const SECURITY_NOT_FOUND = 44;

/** A program that has run: its exit code, or undefined where there is no such program. */
interface Ran {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A keychain could not be used: its program is missing, it is locked, or nobody is there to unlock it. */
export class KeychainUnavailable extends Error {}

/** Where a key lies: the home it belongs to, because several homes may have one keychain, and whose it is. */
export interface KeychainPlace {
  readonly home: string;
  readonly agentId: Ulid;
}

export interface Keychain {
  /** @returns undefined when there is none. @throws KeychainUnavailable; LaliaError `key_missing` for what is no key. */
  read(place: KeychainPlace): Promise<Uint8Array | undefined>;
  /** @throws KeychainUnavailable. */
  write(place: KeychainPlace, key: Uint8Array): Promise<void>;
  /** One that is not there is no error. @throws KeychainUnavailable. */
  delete(place: KeychainPlace): Promise<void>;
}

/** The keychain of a system. @param platform as `process.platform` has it. */
export function systemKeychain(platform: NodeJS.Platform): Keychain {
  return platform === 'darwin' ? MACOS : SECRET_SERVICE;
}

const MACOS: Keychain = {
  read: async (place) => {
    const ran = await run(['security', 'find-generic-password', ...item(place), '-w']);
    if (ran.code === SECURITY_NOT_FOUND) return undefined;
    return keyOf(place, succeeded(ran));
  },
  write: async (place, key) => {
    // `-i` reads the command itself from standard input; -U replaces an older key.
    const words = ['add-generic-password', '-U', ...item(place), '-w', textOf(key)];
    succeeded(await run(['security', '-i'], `${words.map(quoted).join(' ')}\n`));
    // The interactive form ends with 0 also when its command has failed.
    const written = await MACOS.read(place);
    if (written === undefined || !Buffer.from(written).equals(key))
      throw new KeychainUnavailable('not written');
  },
  delete: async (place) => {
    const ran = await run(['security', 'delete-generic-password', ...item(place)]);
    if (ran.code !== SECURITY_NOT_FOUND) succeeded(ran);
  },
};

const SECRET_SERVICE: Keychain = {
  read: async (place) => {
    const ran = await run(['secret-tool', 'lookup', ...attributes(place)]);
    // Not found is exit code 1 without a word; a service that cannot be reached says why.
    if (ran.code === 1 && ran.stderr === '' && ran.stdout === '') return undefined;
    return keyOf(place, succeeded(ran));
  },
  write: async (place, key) => {
    const label = `--label=Lalia agent ${checked(place.agentId)}`;
    succeeded(await run(['secret-tool', 'store', label, ...attributes(place)], textOf(key)));
  },
  delete: async (place) => {
    const ran = await run(['secret-tool', 'clear', ...attributes(place)]);
    if (!(ran.code === 1 && ran.stderr === '')) succeeded(ran);
  },
};

function item({ home, agentId }: KeychainPlace): string[] {
  return ['-s', `${SERVICE} ${home}`, '-a', checked(agentId)];
}

function attributes({ home, agentId }: KeychainPlace): string[] {
  return ['service', SERVICE, 'home', home, 'agent', checked(agentId)];
}

function checked(agentId: Ulid): Ulid {
  if (!isUlid(agentId)) throw new RangeError('The owner of a key is named by a ULID.');
  return agentId;
}

/** A word as `security -i` takes it. */
function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function textOf(key: Uint8Array): string {
  if (key.length !== KEY_BYTES)
    throw new RangeError(`A private key has ${String(KEY_BYTES)} bytes, not ${String(key.length)}.`);
  return Buffer.from(key).toString('base64url');
}

function keyOf({ agentId }: KeychainPlace, output: string): Uint8Array {
  const text = output.trim();
  const key = Buffer.from(text, 'base64url');
  if (KEY_TEXT.test(text) && key.length === KEY_BYTES) return key;
  throw fail('key_missing', `What the keychain has for ${agentId} is not a private key.`, {
    context: { agent_id: agentId },
  });
}

function succeeded({ code, stdout, stderr }: Ran): string {
  if (code === 0) return stdout;
  const [why = ''] = stderr.trim().split('\n');
  throw new KeychainUnavailable(
    code === undefined ? 'its program is not installed' : why || `exit code ${String(code)}`,
  );
}

/** Runs a program to its end. What it says is only read; a key in it goes nowhere else. */
function run(command: readonly string[], input = ''): Promise<Ran> {
  const [program = '', ...args] = command;
  const { promise, resolve } = Promise.withResolvers<Ran>();
  // Loaded only here: most homes keep their keys in files.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(program, args, { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that is not there, or ends before it has read, is judged by its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  child.on('error', () => {
    resolve({ code: undefined, stdout: '', stderr: '' });
  });
  child.on('close', (code) => {
    resolve({ code: code ?? -1, stdout, stderr });
  });
  return promise;
}
