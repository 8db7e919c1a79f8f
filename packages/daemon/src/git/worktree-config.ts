/**
 * Settings of one worktree alone (`extensions.worktreeConfig`). Where Lalia is the first to need them it does what git-worktree(1)
 * says: `core.bare` and `core.worktree`, which mean the main worktree, move into that one's `config.worktree`. A record in the
 * common folder keeps how everything was, so that it can be put back byte for byte.
 */
import { constants, copyFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@lalia/protocol';
import type { RepositoryPlace } from './branches.ts';
import { listWorktrees, readText } from './worktree-admin.ts';

const RECORD = 'lalia-worktree-config';
const EXTENSION = 'extensions.worktreeConfig';
const OF_MAIN = ['core.bare', 'core.worktree'] as const;

/** Texts of files; null where there was none. */
interface Enabled {
  readonly config: { readonly before: string; readonly after: string };
  readonly ofMain: { readonly before: string | null; readonly after: string | null };
}

/** Lets each worktree have settings of its own; again changes nothing. */
export async function enableWorktreeConfig(place: RepositoryPlace): Promise<void> {
  const { commonDir } = place;
  const config = join(commonDir, 'config');
  const ofMain = join(commonDir, 'config.worktree');
  if ((await setting(place, config, EXTENSION)) === 'true') return;
  const before = { config: (await readText(config)) ?? '', ofMain: (await readText(ofMain)) ?? null };
  const moved: [string, string][] = [];
  for (const name of OF_MAIN) {
    const value = await setting(place, config, name);
    if (value !== undefined && value !== 'false') moved.push([name, value]);
  }
  // Before the switch nobody reads the file of the main worktree, and after it nobody looks for these in the shared one.
  for (const [name, value] of moved) await edit(place, ofMain, [name, value]);
  const after = await rewriteLocked(place, config, async (copy) => {
    for (const [name] of moved) await edit(place, copy, ['--unset-all', name]);
    await edit(place, copy, [EXTENSION, 'true']);
    const text = (await readText(copy)) ?? '';
    const record: Enabled = {
      config: { before: before.config, after: text },
      ofMain: { before: before.ofMain, after: (await readText(ofMain)) ?? null },
    };
    await writeFile(join(commonDir, RECORD), JSON.stringify(record));
  });
  if (after === before.config) await rm(join(commonDir, RECORD), { force: true });
}

/** Puts things back as they were, unless somebody else needs such settings by now, or Lalia was not the first. */
export async function disableWorktreeConfig(place: RepositoryPlace): Promise<void> {
  const { commonDir } = place;
  const text = await readText(join(commonDir, RECORD));
  if (text === undefined) return;
  const { config, ofMain } = JSON.parse(text) as Enabled;
  const mainFile = join(commonDir, 'config.worktree');
  const mainNow = (await readText(mainFile)) ?? null;
  const admins = await listWorktrees(commonDir);
  const others = await Promise.all(admins.map(({ folder }) => readText(join(folder, 'config.worktree'))));
  const isNeeded = mainNow !== ofMain.after || others.some((other) => other !== undefined && other !== '');
  if (!isNeeded) {
    await rewriteLocked(place, join(commonDir, 'config'), async (copy) => {
      if ((await readText(copy)) === config.after) await writeFile(copy, config.before);
      else await undoEdits(place, copy, mainFile);
    });
    if (ofMain.before === null) await rm(mainFile, { force: true });
    else await writeFile(mainFile, ofMain.before);
  }
  await rm(join(commonDir, RECORD), { force: true });
}

/** The shared settings have changed since, so only what Lalia changed is changed back. */
async function undoEdits(place: RepositoryPlace, copy: string, mainFile: string): Promise<void> {
  if ((await setting(place, copy, EXTENSION)) === undefined) return;
  for (const name of OF_MAIN) {
    const value = await setting(place, mainFile, name);
    if (value !== undefined) await edit(place, copy, [name, value]);
  }
  await edit(place, copy, ['--unset-all', EXTENSION]);
}

/** Changes the shared settings in one step and under git's own lock, so that nobody sees half of it. */
async function rewriteLocked(
  place: RepositoryPlace,
  config: string,
  change: (copy: string) => Promise<void>,
): Promise<string> {
  const target = await realpath(config);
  const lock = `${target}.lock`;
  await copyFile(target, lock, constants.COPYFILE_EXCL).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw fail('git_failed', `The settings of ${place.root} are locked: ${lock} exists.`, { cause });
  });
  try {
    await change(lock);
    const text = (await readText(lock)) ?? '';
    await rename(lock, target);
    return text;
  } catch (error) {
    await rm(lock, { force: true });
    throw error;
  }
}

async function setting(
  { git, commonDir }: RepositoryPlace,
  file: string,
  name: string,
): Promise<string | undefined> {
  const type = name === 'core.worktree' ? [] : ['--type=bool'];
  const result = await git.attempt({ cwd: commonDir }, 'config', '--file', file, ...type, '--get', name);
  return result.code === 0 ? result.stdout.replace(/\n$/, '') : undefined;
}

async function edit(
  { git, commonDir }: RepositoryPlace,
  file: string,
  change: readonly string[],
): Promise<void> {
  await git.run({ cwd: commonDir }, 'config', '--file', file, ...change);
}
