/** Paths as people type them, and as a repository has them. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fail } from '@lalia/client';

/**
 * A path from the root of its repository, with `/`. It need not exist.
 * @param path as it was typed in `cwd`.
 * @throws LaliaError `invalid_params` for one that is outside.
 */
export function pathInRepository(
  path: string,
  { cwd, root }: { readonly cwd: string; readonly root: string },
): string {
  const absolute = realParent(resolve(realPath(cwd), path));
  const inside = relative(realPath(root), absolute);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || inside.startsWith(sep)) {
    throw fail('invalid_params', `"${path}" is not in this repository.`, { context: { path, root } });
  }
  return inside.split(sep).join('/');
}

/** Links on the way to a path are followed; a path that is a link itself is a path of its own in the repository. */
function realParent(path: string): string {
  return path === dirname(path) ? path : join(realPath(dirname(path)), basename(path));
}

/** What is not there yet is where its nearest folder that is there says. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path === dirname(path) ? path : join(realPath(dirname(path)), basename(path));
  }
}
