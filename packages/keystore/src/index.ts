/** @lalia/keystore: where an agent's private key lives. The daemon writes and deletes keys, clients read them. */
export { deleteKeyFile, type KeyPlace, readKeyFile, writeKeyFile } from './files.ts';
export {
  type Keystore,
  type KeystoreKind,
  type KeystoreOptions,
  keystoreKind,
  openKeystore,
} from './keystore.ts';
export { makePrivateFolder } from './private-folder.ts';
