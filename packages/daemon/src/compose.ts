/** The one place that composes the daemon's parts. */
import { openKeystore } from '@lalia/keystore';
import type { Result } from '@lalia/protocol';
import { type Failpoint, failpointsFrom, type Journal, openStore, type Store } from '@lalia/store';
import { Announcer } from './announcer.ts';
import { Authenticator } from './authenticate.ts';
import { Background } from './background.ts';
import { Callers } from './callers.ts';
import { Chronicle } from './chronicle.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Context, LifecycleView } from './context.ts';
import { deliver } from './deliver.ts';
import { Directory } from './directory.ts';
import type { Log } from './events.ts';
import { Git } from './git/git.ts';
import { RepositoryTurns } from './git/repository-turns.ts';
import { HeldDeliveries } from './held-deliveries.ts';
import { Presence } from './presence.ts';
import { Pruner } from './pruner.ts';
import { RecentReads } from './recent-reads.ts';
import { claim } from './tasks/claiming.ts';
import { taskListView } from './tasks/view.ts';
import { TaskWaiters } from './tasks/waiters.ts';
import { givenBack } from './turns/given-back.ts';
import { handOut } from './turns/hand-out.ts';
import { TurnLine } from './turns/turn-line.ts';
import { Views } from './views.ts';
import { Waiters } from './waiters.ts';
import { programRunner, type RunProgram } from './wake/program-runner.ts';
import { Waker } from './wake/waker.ts';
import { Watchers } from './watchers.ts';
import { WordIndexer } from './word-indexer.ts';

/** How long after it failed a delivery is put back again. */
const PUT_BACK_AGAIN_MS = 1000;

export interface Surroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: LifecycleView;
  /** The journal, which is opened after the store that feeds it. */
  readonly journal: Pick<Journal, 'status' | 'notify' | 'held'>;
  /** In place of running programs that wake. */
  readonly run?: RunProgram;
}

/**
 * Opens the database and puts the parts on it.
 * @returns undefined when another daemon holds the database.
 */
export function composeContext({
  config,
  clock,
  log,
  lifecycle,
  journal,
  run,
}: Surroundings): Context | undefined {
  const failpoint = failpointsFrom(config.failpoints);
  // The group commit serves who is blocked, and they are served through the context: the one cycle there is.
  const waker = new Waker(clock, run ?? programRunner({ clock, env: config.git.env }), () => context);
  const { waiters, taskWaiters, turnLine, watchers } = blocked(clock, () => context);
  const store = openStoreFor({ config, journal, failpoint }, () => context);
  if (store === undefined) return undefined;
  const background = new Background(log);
  const presence = new Presence(clock, (agentId) => waiters.isListening(agentId));
  const directory = new Directory(store);
  const held = heldDeliveries({ clock, store, background, waiters });
  const context: Context = {
    config,
    clock,
    log,
    failpoint,
    store,
    journal,
    keystore: openKeystore({ kind: config.keystore, dir: config.paths.keys }),
    authenticator: new Authenticator(store, clock),
    presence,
    directory,
    callers: new Callers({ store, directory, presence }),
    views: new Views({
      store,
      presence,
      workspace: config.paths.workspace,
      turnOf: (agent, conversationId) => waker.stateOf(agent, conversationId),
    }),
    chronicle: new Chronicle(store, clock),
    announcer: new Announcer({ store, waiters, watchers, clock }),
    waiters,
    taskWaiters,
    watchers,
    recentReads: new RecentReads(clock.newId()),
    turnLine,
    waker,
    repositoryTurns: new RepositoryTurns(background),
    held,
    background,
    wordIndexer: new WordIndexer({ store, clock, background }),
    pruner: new Pruner({ store, clock, background, log, failpoint }),
    git: new Git({ ...config.git, folder: config.paths.home }),
    lifecycle,
  };
  return context;
}

/** Everybody who waits for something, each kind in its own line. */
function blocked(clock: Clock, context: () => Context) {
  const waiters = new Waiters({
    clock,
    alsoChanged: (agentId) => {
      context().waker.changed(agentId);
    },
    deliver: (request) => deliver(context(), request),
    undeliver: (result: Result<'read'>) => {
      context().held.forget(result.delivery_id);
    },
  });
  const taskWaiters = new TaskWaiters({
    clock,
    claim: (request) => claim(context(), request),
    list: (project) => taskListView(context(), project),
  });
  const turnLine = new TurnLine({
    serve: (request) => handOut(context(), request),
    undo: ({ delivery_id }) => {
      if (delivery_id !== null) context().held.forget(delivery_id);
    },
  });
  return { waiters, taskWaiters, turnLine, watchers: new Watchers(clock) };
}

/** The store, whose transactions end with what waits for them. */
function openStoreFor(
  {
    config,
    journal,
    failpoint,
  }: Pick<Surroundings, 'config' | 'journal'> & { readonly failpoint: Failpoint },
  context: () => Context,
): Store | undefined {
  return openStore(config.paths.database, {
    failpoint,
    beforeCommit: () => {
      const { taskWaiters, waiters, turnLine, waker, store } = context();
      // What a claim has said in a room is mail.
      taskWaiters.serve(store.commits);
      waiters.serve(store.commits);
      turnLine.serve(store.commits);
      // Last: what a read or a turn has taken need not wake anybody.
      waker.serve(store.commits);
    },
    afterCommit: () => {
      journal.notify();
      context().watchers.serve();
      context().wordIndexer.notify();
    },
  });
}

function heldDeliveries({
  clock,
  store,
  background,
  waiters,
}: Pick<Context, 'clock' | 'store' | 'background' | 'waiters'>): HeldDeliveries {
  const held = new HeldDeliveries(clock, (delivery) => {
    background.run('put back', async () => {
      try {
        await store.commits.run(() => {
          store.mailboxes.release(delivery.deliveryId, delivery.agentId);
          givenBack({ store, clock }, delivery);
          waiters.mailChanged(delivery.agentId);
        });
      } catch (error) {
        // With the disk full it cannot be put back now, and it must not stay with nobody.
        held.hold({ ...delivery, leaseMs: PUT_BACK_AGAIN_MS });
        throw error;
      }
    });
  });
  return held;
}
