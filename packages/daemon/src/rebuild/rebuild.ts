/**
 * `lalia-daemon rebuild`: a new home from a transcript alone. Everything is made beside its place; the workspace is put in place
 * first, and the database, which makes it a home, as the last step. What an interrupted one leaves is removed by the next.
 */
import { existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { openKeystore } from '@lalia/keystore';
import { fail, privateKeyObject, rawPublicKey, type Ulid } from '@lalia/protocol';
import {
  copyWorkspace,
  failpointsFrom,
  isUnfinished,
  Journal,
  markFinished,
  openStore,
  ownerIn,
  type Problem,
  readRegistryDocument,
  readTranscript,
  type Store,
  type Transcript,
  verifyTranscript,
} from '@lalia/store';
import { Chronicle } from '../chronicle.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { prepareHome, recordWorkspace, safePointOf } from '../home.ts';
import { type Filled, Filling } from './fill.ts';

export interface RebuildOptions {
  readonly clone: string;
  readonly config: Config;
  readonly clock: Clock;
  /** Takes also what is wrong only with the history of commits. */
  readonly force: boolean;
}

/** Problems under which every message is still whole, signed and in its place. */
const OF_HISTORY: ReadonlySet<Problem['kind']> = new Set<Problem['kind']>([
  'changed_later',
  'wrong_order',
  'foreign_commit',
  'rewritten_commit',
  'replaced_commit',
  'wrong_beginning',
  'uncommitted_edit',
  'uncommitted_deletion',
  'stray_file',
]);

const FLUSH_MS = 600_000;

/** Makes the home. @returns what it has. */
export async function rebuildHome(options: RebuildOptions): Promise<object> {
  const { clone, config } = options;
  checkPlaces(options);
  const problems = await acceptable(options);
  using transcript = readTranscript(clone);
  if (transcript === undefined) throw fail('verify_failed', `${clone} is not a transcript.`);
  prepareHome(config);
  const rebuilt = await build(transcript, options);
  const { home, workspace } = config.paths;
  return { ...rebuilt, home, workspace, problems: problems.length };
}

function checkPlaces({ clone, config }: RebuildOptions): void {
  const { database, workspace } = config.paths;
  if (existsSync(database)) throw fail('home_in_use', `There is a database already: ${database}.`);
  const isThere = existsSync(workspace) && readdirSync(workspace).length > 0 && !isUnfinished(workspace);
  if (!isThere) return;
  const isClone = resolve(clone) === resolve(workspace);
  throw fail('foreign_workspace', `The workspace ${workspace} is not empty.`, {
    hint: isClone
      ? `Move it away and rebuild from there: mv ${workspace} ${workspace}.old && lalia rebuild ${workspace}.old`
      : 'Move it away, or point LALIA_WORKSPACE at an empty folder.',
  });
}

/** @returns the problems that are accepted. @throws LaliaError `verify_failed` for others. */
async function acceptable({ clone, force }: RebuildOptions): Promise<readonly Problem[]> {
  const { problems, first, isShallow, isPartial, counts } = await verifyTranscript(clone);
  if (counts.commits > 0 && (isShallow || isPartial)) {
    throw fail(
      'verify_failed',
      `${clone} has not all of the history: it is a ${isShallow ? 'shallow' : 'partial'} clone.`,
      {
        hint: isShallow ? 'Fetch the rest with `git fetch --unshallow`.' : 'Clone it again without a filter.',
      },
    );
  }
  if (first === null) return problems;
  const isHistory = problems.every(({ kind }) => OF_HISTORY.has(kind));
  if (isHistory && force) return problems;
  const more = problems.length === 1 ? '' : ` (and ${String(problems.length - 1)} more)`;
  throw fail(
    'verify_failed',
    `The transcript is not sound: ${[first.path, first.sentence].filter(Boolean).join(' ')}${more}.`,
    {
      context: { first },
      hint: isHistory
        ? 'Every message is whole and signed; only the history of commits is not as Lalia wrote it. --force takes it so.'
        : '`lalia verify` names all of it; `lalia export --transcript` reads what there is.',
    },
  );
}

async function build(transcript: Transcript, options: RebuildOptions): Promise<Filled> {
  const { config } = options;
  const { database, workspace } = config.paths;
  const failpoint = failpointsFrom(config.failpoints);
  const drafts = { database: `${database}.rebuild`, workspace: `${workspace}.rebuild` };
  for (const end of ['', '-wal', '-shm']) rmSync(`${drafts.database}${end}`, { force: true });
  const store = openStore(drafts.database, { beforeCommit: nothing, afterCommit: nothing, failpoint });
  if (store === undefined) throw fail('home_in_use', 'Another rebuild of this home is running.');
  let rebuilt: Filled;
  try {
    const owner = ownerIn(transcript.firstSubject() ?? '') ?? store.databaseId;
    const transcriptId = await copyWorkspace(transcript, drafts.workspace, owner);
    failpoint('rebuild.copied');
    rebuilt = await fill({ store, transcript, owner, transcriptId }, options);
    await write(store, { ...options, owner, folder: drafts.workspace });
  } finally {
    store.close();
  }
  failpoint('rebuild.filled');
  place(drafts, config, failpoint);
  recordWorkspace(config);
  return rebuilt;
}

interface Begun {
  readonly store: Store;
  readonly transcript: Transcript;
  readonly owner: string;
  readonly transcriptId: string;
}

async function fill(
  { store, transcript, owner, transcriptId }: Begun,
  { config, clock }: RebuildOptions,
): Promise<Filled> {
  const keys = await keysOf(transcript, config);
  const chronicle = new Chronicle(store, clock);
  const nowMs = clock.nowMs();
  const filling = new Filling({
    store,
    chronicle,
    transcript,
    hasKey: ({ agentId }) => keys.has(agentId),
    nowMs,
  });
  return store.commits.run(() => {
    store.outbox.continueAs(owner, transcriptId);
    return filling.run();
  });
}

/** The identities whose private keys are in the home, and fit. */
async function keysOf(transcript: Transcript, { keystore, paths }: Config): Promise<ReadonlySet<Ulid>> {
  const keys = openKeystore({ kind: keystore, dir: paths.keys });
  const found = new Set<Ulid>();
  for (const file of transcript.files()) {
    if (!file.path.startsWith('registry/')) continue;
    const { agentId, publicKey } = readRegistryDocument(file.path, transcript.content(file).toString());
    const raw = await keys.read(agentId);
    if (raw !== undefined && Buffer.from(publicKey).equals(rawPublicKey(privateKeyObject(raw))))
      found.add(agentId);
  }
  return found;
}

/** The transcript goes on: who has ended, and what rooms are left with. */
async function write(
  store: Store,
  { config, clock, owner, folder }: RebuildOptions & { readonly owner: string; readonly folder: string },
): Promise<void> {
  await using journal = await Journal.open({
    workspace: folder,
    owner,
    safePoint: safePointOf(config.paths),
    source: {
      begin: () => Promise.resolve(),
      next: (bounds) => store.outbox.next(bounds),
      backlog: () => store.outbox.backlog(),
      done: (throughOrd) => store.commits.run(() => store.outbox.remove(throughOrd)),
    },
    failpoint: nothing,
    failpoints: '',
    log: nothing,
    nowMs: () => clock.nowMs(),
  });
  if (await journal.flush(FLUSH_MS)) return;
  throw fail(
    'internal',
    `The new transcript could not be written: ${journal.status().error ?? 'it took too long'}.`,
  );
}

function place(
  drafts: Pick<Config['paths'], 'database' | 'workspace'>,
  { paths }: Config,
  failpoint: (name: string) => void,
): void {
  if (isUnfinished(paths.workspace)) rmSync(paths.workspace, { recursive: true });
  renameSync(drafts.workspace, paths.workspace);
  failpoint('rebuild.placed');
  // Not renamed: that would silently replace the database of a daemon that was started meanwhile.
  linkSync(drafts.database, paths.database);
  rmSync(drafts.database);
  markFinished(paths.workspace);
}

function nothing(): void {
  // Nobody is served while a home is rebuilt.
}
