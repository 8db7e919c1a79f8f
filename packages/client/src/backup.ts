/** A copy of everything, and a home made out of it. */
import { resolve } from 'node:path';
import type { Restored, Result } from '@lalia/protocol';
import { type ConnectOptions, connect, placeOf } from './connect.ts';

export interface RestoreOptions extends Pick<ConnectOptions, 'env'> {
  /** Moves aside what is in the way, and does not ask whether the home that was backed up lives on. */
  readonly force?: boolean;
}

/**
 * Has the daemon write database, keys and transcript into one new file, while it goes on serving.
 * @param file where; nothing may be there yet. It is private, mode 0600: it holds every key of the home.
 * @throws LaliaError `path_in_use`, `invalid_params`, `storage_full`, or as `connect`.
 */
export async function backUp(file: string, options: ConnectOptions = {}): Promise<Result<'backup'>> {
  await using client = await connect(options);
  return await client.call('backup', { file: resolve(file) }, options);
}

/**
 * Makes a home and its transcript out of a backup, all of it or nothing. No daemon may run there.
 * @throws LaliaError `daemon_running`, `needs_force` where something is in the way, `bad_backup`, `database_newer`.
 */
export async function restoreBackup(file: string, options: RestoreOptions = {}): Promise<Restored> {
  const { env, paths } = placeOf(options);
  const { askDaemonProgram } = await import('./spawn.ts');
  const words = ['restore', ...(options.force === true ? ['--force'] : []), '--', resolve(file)];
  const places = { ...env, LALIA_HOME: paths.home, LALIA_WORKSPACE: paths.workspace };
  return (await askDaemonProgram(words, { env: places })) as Restored;
}
