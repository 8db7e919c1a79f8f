/** Whether the transcript is a sound repository, and this home's own. */

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, fails, passes, warns } from '@lalia/protocol';
import { type Examination, transcriptHeadOf, transcriptOwnerOf } from '@lalia/store';
import { runGit } from './run-git.ts';

const NAME = 'git';
/** A journal that is writing is between branch and files for some milliseconds; what is there for longer is meant. */
const SECOND_LOOKS = 3;
const SECOND_LOOK_AFTER_MS = 300;

type Environment = Readonly<Record<string, string | undefined>>;

export async function checkTranscript(
  workspace: string,
  { database, env }: { readonly database: Examination; readonly env: Environment },
): Promise<Check> {
  if (!existsSync(workspace)) {
    return database.kind === 'missing'
      ? passes(NAME, 'There is no transcript yet; the first daemon makes it.')
      : warns(NAME, `${workspace} is gone; the next daemon writes all of it anew.`, 'lalia restart');
  }
  return ownership(workspace, database) ?? headCheck(workspace) ?? (await askGit(workspace, env));
}

function ownership(workspace: string, database: Examination): Check | undefined {
  const owner = transcriptOwnerOf(workspace);
  const id = database.kind === 'examined' ? database.databaseId : null;
  if (owner === undefined && database.kind !== 'missing')
    return fails(
      NAME,
      `${workspace} is no transcript of a Lalia home.`,
      'export LALIA_WORKSPACE=DIR  # an empty folder',
    );
  if (owner === undefined || id === null || owner === id || owner === 'any') return undefined;
  return fails(
    NAME,
    `${workspace} is the transcript of another home.`,
    'export LALIA_WORKSPACE=DIR  # one for each LALIA_HOME',
  );
}

function headCheck(workspace: string): Check | undefined {
  const head = transcriptHeadOf(workspace);
  if (head.kind === 'commit') return undefined;
  if (head.kind === 'none') return passes(NAME, 'The transcript has no commits yet.');
  return fails(NAME, `The transcript is damaged: ${head.sentence}`, 'lalia restore FILE --force');
}

async function askGit(workspace: string, env: Environment): Promise<Check> {
  const fsck = await runGit(workspace, env, ['fsck', '--no-dangling', '--no-progress']);
  if (fsck === undefined)
    return passes(NAME, 'The transcript has a history; git is not installed, so more was not checked.');
  const [first = 'git did not end in time'] = fsck.output.split('\n').filter((line) => line !== '');
  if (fsck.code !== 0) return fails(NAME, `git fsck finds damage: ${first}.`, 'lalia restore FILE --force');
  const dirty = await uncommitted(workspace, env);
  if (dirty === '') return passes(NAME, 'git fsck finds nothing, and git status is clean.');
  const count = dirty.split('\n').length;
  return warns(NAME, `${String(count)} files differ from what is committed.`, `git -C ${workspace} status`);
}

/** What `git status` lists, once it has been the same for a while. */
async function uncommitted(workspace: string, env: Environment): Promise<string> {
  for (let looks = 1; ; looks += 1) {
    const status = await runGit(workspace, env, ['status', '--porcelain']);
    const dirty = status?.output ?? '';
    if (dirty === '' || looks > SECOND_LOOKS) return dirty;
    await sleep(SECOND_LOOK_AFTER_MS);
  }
}
