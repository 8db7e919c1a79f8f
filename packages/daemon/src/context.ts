/** What every handler is given: the daemon's parts, by their names. `compose.ts` makes it. */
import type { Keystore } from '@lalia/keystore';
import type { Failpoint, Journal, Store } from '@lalia/store';
import type { Announcer } from './announcer.ts';
import type { Authenticator } from './authenticate.ts';
import type { Background } from './background.ts';
import type { Callers } from './callers.ts';
import type { Chronicle } from './chronicle.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Directory } from './directory.ts';
import type { Log } from './events.ts';
import type { Git } from './git/git.ts';
import type { RepositoryTurns } from './git/repository-turns.ts';
import type { HeldDeliveries } from './held-deliveries.ts';
import type { Presence } from './presence.ts';
import type { Pruner } from './pruner.ts';
import type { RecentReads } from './recent-reads.ts';
import type { TaskWaiters } from './tasks/waiters.ts';
import type { TurnLine } from './turns/turn-line.ts';
import type { Views } from './views.ts';
import type { Waiters } from './waiters.ts';
import type { Waker } from './wake/waker.ts';
import type { Watchers } from './watchers.ts';
import type { WordIndexer } from './word-indexer.ts';

/** What handlers may know of the daemon around them. */
export interface LifecycleView {
  readonly startedMs: number;
  readonly connections: number;
  /** Aborts when the daemon begins to stop, with what to tell those who wait. */
  readonly stopping: AbortSignal;
  /** Where peers in sandboxes come in; `error` where they cannot. */
  readonly spool: { readonly path: string; readonly error: string | null };
  /** Begins to stop once the answer that asked for it is on its way. */
  requestStop(reason: string): void;
}

export interface Context {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoint: Failpoint;
  readonly store: Store;
  readonly journal: Pick<Journal, 'status' | 'held'>;
  readonly keystore: Keystore;
  readonly authenticator: Authenticator;
  readonly presence: Presence;
  readonly directory: Directory;
  readonly callers: Callers;
  readonly views: Views;
  readonly chronicle: Chronicle;
  readonly announcer: Announcer;
  readonly waiters: Waiters;
  readonly taskWaiters: TaskWaiters;
  readonly watchers: Watchers;
  readonly recentReads: RecentReads;
  readonly turnLine: TurnLine;
  readonly waker: Waker;
  readonly repositoryTurns: RepositoryTurns;
  readonly held: HeldDeliveries;
  readonly background: Background;
  readonly git: Git;
  readonly wordIndexer: WordIndexer;
  readonly pruner: Pruner;
  readonly lifecycle: LifecycleView;
}
