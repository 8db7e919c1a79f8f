/** Whether there is room to go on. */

import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Check, fails, passes, warns } from '@lalia/protocol';

const MIB = 1024 * 1024;
/** A message of the largest size with its log, its copy in git and a checkpoint. */
const FAIL_BELOW = 16 * MIB;
const WARN_BELOW = 256 * MIB;

export function checkDisk({ home, workspace }: { readonly home: string; readonly workspace: string }): Check {
  const rooms = [home, workspace].map((path) => ({ path, bytes: freeAt(path) }));
  const [least] = rooms.sort((a, b) => a.bytes - b.bytes);
  if (least === undefined) return passes('disk', 'There is room.');
  const sentence = `${String(Math.floor(least.bytes / MIB))} MiB are free at ${least.path}`;
  if (least.bytes < FAIL_BELOW)
    return fails('disk', `Only ${sentence}; messages are refused when it is full.`);
  if (least.bytes < WARN_BELOW) return warns('disk', `Only ${sentence}.`);
  return passes('disk', `${sentence}.`);
}

/** Of the file system that a path is on, or will be. */
function freeAt(path: string): number {
  if (!existsSync(path) && dirname(path) !== path) return freeAt(dirname(path));
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
