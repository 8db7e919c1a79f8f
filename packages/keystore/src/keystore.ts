/** The choice of a place for private keys, and the one interface before every such place. */
import type { Ulid } from '@lalia/protocol';
import { deleteKeyFile, readKeyFile, writeKeyFile } from './files.ts';

export type KeystoreKind = 'files' | 'keychain';

/** A place for private keys. Asynchronous, because a system keychain is another process. */
export interface Keystore {
  /** Where keys really are, which is `files` also when a keychain was asked for and there is none. */
  readonly kind: KeystoreKind;
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
 * The system keychain is not built yet: asked for one, this warns, once in a process, and keeps the keys in files.
 */
export function openKeystore({ kind, dir, warn = warnOnStderr }: KeystoreOptions): Keystore {
  if (kind === 'keychain') warnOnce(warn);
  return {
    kind: 'files',
    read: async (agentId) => readKeyFile({ dir, agentId }),
    write: async (agentId, key) => {
      writeKeyFile({ dir, agentId }, key);
    },
    delete: async (agentId) => {
      deleteKeyFile({ dir, agentId });
    },
  };
}

let hasWarned = false;

function warnOnce(warn: (line: string) => void): void {
  if (hasWarned) return;
  hasWarned = true;
  warn('lalia: LALIA_KEYSTORE=keychain is not supported yet; private keys are kept in files.');
}

function warnOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
