/** What crashes leave behind. None of it does harm: the next daemon or restore deals with it. */
import { existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, fails, isLaliaError, passes, warns } from '@lalia/protocol';
import { lockDatabase } from '@lalia/store';
import type { Config } from '../config.ts';
import {
  draftsOf,
  finishInterruptedRestore,
  isIntended,
  lockRestore,
  removeDrafts,
} from '../restore/placing.ts';

const NAME = 'leftovers';
/** Whoever starts a daemon holds it for less than two minutes. */
const START_MS = 120_000;

/** @param options.isServed whether a daemon has the database: then pid and socket are its own. */
export function checkLeftovers(
  config: Config,
  options: { readonly isServed: boolean; readonly fix: boolean; readonly nowMs: number },
): Check {
  const restore = checkRestore(config, options.fix);
  if (restore?.fixed === null) return restore;
  const found = options.isServed ? [] : leftoversOf(config, options.nowMs);
  // Nothing of Lalia's makes a folder there, so it is somebody's, and `mv` is for them to type.
  const folder = found.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder !== undefined)
    return fails(NAME, `${folder} is a folder where a file belongs.`, `mv ${folder} ${folder}.aside`);
  const names = found.map((path) => path.slice(config.paths.home.length + 1)).join(', ');
  const before = restore?.fixed ?? null;
  if (found.length === 0) return passes(NAME, 'Nothing was left behind.', before);
  if (options.fix && remove(config, found))
    return passes(NAME, 'Nothing is left behind.', joined(before, `removed ${names}`));
  return warns(
    NAME,
    `A daemon that was killed left ${names}; the next one replaces it.`,
    'lalia doctor --fix',
  );
}

/** @returns undefined where no restore has left anything. */
function checkRestore(config: Config, fix: boolean): Check | undefined {
  const drafts = draftsOf(config.paths);
  if (!existsSync(drafts.folder)) return undefined;
  const isHalf = isIntended(drafts);
  try {
    if (fix && finishInterruptedRestore(config))
      return passes(NAME, 'A restore that was killed is finished.', 'finished the restore');
    const unlock = lockRestore(drafts);
    unlock();
    if (fix) {
      removeDrafts(drafts);
      return passes(NAME, 'Nothing is left behind.', `removed ${drafts.folder}`);
    }
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    return warns(NAME, error.message);
  }
  return isHalf
    ? fails(
        NAME,
        'A restore was killed after it had decided; the next daemon finishes it.',
        'lalia doctor --fix',
      )
    : warns(
        NAME,
        `A restore that was killed left ${drafts.folder}; the home is as it was before.`,
        'lalia doctor --fix',
      );
}

function leftoversOf({ paths }: Config, nowMs: number): string[] {
  const lock = join(paths.home, 'starting');
  const fixed = [paths.pid, paths.socket].filter((path) => existsSync(path));
  const isOld = nowMs - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? nowMs) > START_MS;
  return [...fixed, ...(isOld ? [lock] : []), ...drafts(paths.home), ...drafts(paths.keys)];
}

function drafts(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.new') || name === 'temp')
    .map((name) => join(folder, name));
}

/** Under the lock of the database, so that no daemon makes anew meanwhile what is being removed. */
function remove({ paths }: Config, found: readonly string[]): boolean {
  const unlock = existsSync(paths.database) ? lockDatabase(paths.database) : () => undefined;
  if (unlock === undefined) return false;
  try {
    for (const path of found) rmSync(path, { force: true });
    return true;
  } finally {
    unlock();
  }
}

function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join('; ');
}
