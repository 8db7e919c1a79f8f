/** The choice of a place for private keys, and the one interface before every such place. */
import type { Ulid } from '@lalia/protocol';
import { deleteKeyFile, readKeyFile, writeKeyFile } from './files.ts';
import { type KeychainPlace, KeychainUnavailable, systemKeychain } from './keychain.ts';

export type KeystoreKind = 'files' | 'keychain';

/** A place for private keys. Asynchronous, because a system keychain is another process. */
export interface Keystore {
  /**
   * Reads an agent's private key.
   * @returns 32 raw bytes, or undefined when there is none.
   * @throws LaliaError `key_missing` when what is there is not a key.
   */
  read(agentId: Ulid): Promise<Uint8Array | undefined>;
  /** Stores an agent's private key (32 raw bytes), durably, over any older one. */
  write(agentId: Ulid, key: Uint8Array): Promise<void>;
  /** Deletes an agent's private key; one that is not there is no error. */
  delete(agentId: Ulid): Promise<void>;
}

export interface KeystoreOptions {
  readonly kind: KeystoreKind;
  /** The folder of the key files, `keys` in Lalia's home. */
  readonly dir: string;
  /** Takes the one warning that may be given; default: a line on stderr. */
  readonly warn?: (line: string) => void;
}

/**
 * What `LALIA_KEYSTORE` asks for.
 * @param value the variable; anything but `keychain` means files.
 */
export function keystoreKind(value: string | undefined): KeystoreKind {
  return value === 'keychain' ? 'keychain' : 'files';
}

/**
 * Opens the place for private keys.
 *
 * A keychain that cannot be used (its program is missing, it is locked) is replaced by files, with one warning in a process. A key is
 * also looked for in the files where the keychain has none: it may have been made before, or while there was none.
 */
export function openKeystore({ kind, dir, warn = warnOnStderr }: KeystoreOptions): Keystore {
  const files = fileKeystore(dir);
  return kind === 'keychain' ? keychainBefore(files, { dir, warn }) : files;
}

function fileKeystore(dir: string): Keystore {
  return {
    read: async (agentId) => readKeyFile({ dir, agentId }),
    write: async (agentId, key) => {
      writeKeyFile({ dir, agentId }, key);
    },
    delete: async (agentId) => {
      deleteKeyFile({ dir, agentId });
    },
  };
}

function keychainBefore(files: Keystore, { dir, warn }: Required<Omit<KeystoreOptions, 'kind'>>): Keystore {
  const keychain = systemKeychain(process.platform);
  const at = (agentId: Ulid): KeychainPlace => ({ home: dir, agentId });
  /** @returns undefined when the keychain cannot be used. */
  const tried = async <T>(step: () => Promise<T>): Promise<{ readonly value: T } | undefined> => {
    try {
      return { value: await step() };
    } catch (error) {
      if (!(error instanceof KeychainUnavailable)) throw error;
      warnOnce(warn, error.message);
      return undefined;
    }
  };
  return {
    read: async (agentId) => (await tried(() => keychain.read(at(agentId))))?.value ?? files.read(agentId),
    write: async (agentId, key) => {
      if ((await tried(() => keychain.write(at(agentId), key))) === undefined)
        await files.write(agentId, key);
      // An older one in a file would be found where the keychain is gone for a while.
      else await files.delete(agentId);
    },
    delete: async (agentId) => {
      await tried(() => keychain.delete(at(agentId)));
      await files.delete(agentId);
    },
  };
}

let hasWarned = false;

function warnOnce(warn: (line: string) => void, why: string): void {
  if (hasWarned) return;
  hasWarned = true;
  warn(`lalia: LALIA_KEYSTORE=keychain cannot be used (${why}); private keys are kept in files.`);
}

function warnOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
