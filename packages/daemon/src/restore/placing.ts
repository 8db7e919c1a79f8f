/**
 * Putting a restored home and its transcript into place: two renames that happen both or not at all.
 *
 * Everything is prepared beside its place. Then the intent is written down, and from there on whoever comes next carries it
 * out: the restore itself, or after a crash the next daemon of that home, before it does anything else.
 *
 * | killed                   | is there                                | the next one                          |
 * | ------------------------ | --------------------------------------- | ------------------------------------- |
 * | while it is prepared     | the old state; drafts beside it         | a daemon: nothing; a restore: anew    |
 * | after the intent         | the old state; drafts, intent           | carries it out                        |
 * | with the transcript only | a new transcript, the old home or none  | carries it out                        |
 * | with both                | the new state; the intent               | takes the intent away                 |
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '@lalia/keystore';
import { fail, type LaliaError, type Paths } from '@lalia/protocol';
import { type Failpoint, failpointsFrom, takeProcessLock } from '@lalia/store';
import type { Config } from '../config.ts';

/** What a command that looks for a daemon leaves in an empty home. */
const OF_A_START = new Set(['starting', 'daemon.log', 'keys']);

/** The drafts of a restore, and what is to become of them. */
export interface Drafts {
  /** Private, beside the home: lock, intent, and the home to be. */
  readonly folder: string;
  readonly home: string;
  /** Beside the workspace. */
  readonly workspace: string;
}

/** Where a restore of a home prepares. */
export function draftsOf({ home, workspace }: Pick<Paths, 'home' | 'workspace'>): Drafts {
  const folder = `${home}.restoring`;
  return { folder, home: join(folder, 'home'), workspace: `${workspace}.restoring` };
}

interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Makes it so that only this process restores this home, and that no daemon starts on it.
 * @returns what gives it back.
 * @throws LaliaError `daemon_unavailable` while another restore is under way, `home_unavailable` where nothing can be made.
 */
export function lockRestore({ folder }: Drafts): () => void {
  try {
    makePrivateFolder(folder);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw fail('home_unavailable', `The folder ${folder} cannot be made (${code}).`, {
      cause: error,
      context: { path: folder, code },
    });
  }
  const unlock = takeProcessLock(join(folder, 'lock'));
  if (unlock === undefined) throw underWay(folder);
  return unlock;
}

/**
 * Puts drafts into place. What stands there is moved aside.
 * @returns where to; empty when nothing was there.
 */
export function place(
  drafts: Drafts,
  { home, workspace }: Pick<Paths, 'home' | 'workspace'>,
  failpoint: Failpoint,
): string[] {
  const moves: readonly Move[] = [
    { from: drafts.workspace, to: workspace },
    { from: drafts.home, to: home },
  ];
  const intent = intentOf(drafts);
  writeFileSync(`${intent}.new`, `${JSON.stringify(moves)}\n`, { mode: 0o600, flush: true });
  renameSync(`${intent}.new`, intent);
  syncFolder(drafts.folder);
  failpoint('restore.intended');
  return carryOut(drafts, moves, failpoint);
}

/**
 * Finishes what a killed restore has left, if it had come as far as its intent.
 * @returns whether it had.
 * @throws LaliaError `daemon_unavailable` while a restore is under way.
 */
export function finishInterruptedRestore({ paths, failpoints }: Config): boolean {
  const drafts = draftsOf(paths);
  if (!existsSync(drafts.folder)) return false;
  const unlock = lockRestore(drafts);
  try {
    if (!existsSync(intentOf(drafts))) return false;
    const moves = JSON.parse(readFileSync(intentOf(drafts), 'utf8')) as readonly Move[];
    carryOut(drafts, moves, failpointsFrom(failpoints));
    return true;
  } finally {
    unlock();
  }
}

/** Takes the drafts away, which is safe while there is no intent. */
export function removeDrafts(drafts: Drafts): void {
  rmSync(drafts.workspace, { recursive: true, force: true });
  rmSync(drafts.folder, { recursive: true, force: true });
}

function carryOut(drafts: Drafts, moves: readonly Move[], failpoint: Failpoint): string[] {
  const aside: string[] = [];
  for (const [position, { from, to }] of moves.entries()) {
    // What is not there any more is in its place.
    if (!existsSync(from)) continue;
    aside.push(...moveAside(to));
    failpoint(position === 0 ? 'restore.workspace_aside' : 'restore.home_aside');
    renameSync(from, to);
    syncFolder(dirname(to));
    failpoint(position === 0 ? 'restore.workspace_placed' : 'restore.home_placed');
  }
  rmSync(intentOf(drafts), { force: true });
  removeDrafts(drafts);
  return aside;
}

/** Nothing is deleted but what is empty, and what a command left that was about to start a daemon. */
function moveAside(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isDirectory() && isBarren(path)) {
    rmSync(join(path, 'starting'), { force: true });
    rmSync(join(path, 'daemon.log'), { force: true });
    if (existsSync(join(path, 'keys'))) rmdirSync(join(path, 'keys'));
    rmdirSync(path);
    return [];
  }
  let aside = `${path}.before-restore`;
  for (let number = 2; existsSync(aside); number += 1) aside = `${path}.before-restore-${String(number)}`;
  renameSync(path, aside);
  syncFolder(dirname(path));
  return [aside];
}

/** Whether a folder holds nothing that anybody could miss. */
export function isBarren(folder: string): boolean {
  const names = readdirSync(folder);
  if (!names.every((name) => OF_A_START.has(name))) return false;
  const keys = join(folder, 'keys');
  return !names.includes('keys') || readdirSync(keys).length === 0;
}

/** Makes the names in a folder safe. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether it is decided that drafts go into place. */
export function isIntended(drafts: Drafts): boolean {
  return existsSync(intentOf(drafts));
}

function intentOf({ folder }: Drafts): string {
  return join(folder, 'intent.json');
}

function underWay(folder: string): LaliaError {
  return fail('daemon_unavailable', 'This home is being restored at this moment.', {
    hint: 'Wait until `lalia restore` has ended, then call again.',
    context: { folder },
  });
}
