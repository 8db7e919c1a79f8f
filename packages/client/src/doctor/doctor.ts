/** Is all well with a home, and if not, which command mends it. Changes nothing unless it is asked to, and starts no daemon. */
import { type Check, compareVersions, VERSION } from '@lalia/protocol';
import { type ConnectOptions, type Place, placeOf } from '../connect.ts';
import { restartDaemon } from '../lifecycle.ts';
import { checkClock, checkDaemon, checkJournal, checkServedDatabase, checkSocket } from './daemon-checks.ts';
import { examineHome, factsOf } from './home-facts.ts';
import { checkKeys } from './key-check.ts';
import { checkInstallation, checkNodeVersion, checkSandbox } from './place-checks.ts';
import { type Reached, reach } from './reach.ts';

export interface HealthOptions extends Pick<ConnectOptions, 'env'> {
  /** Mends what cannot do harm: modes of files, what crashes left, a daemon of an older version. */
  readonly fix?: boolean;
  /** Further checks, of parts that this package does not know. */
  readonly more?: readonly (() => Promise<Check>)[];
}

/** What was found. */
export interface Health {
  /** Whether nothing fails; a warning is no failure. */
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

/** The order in which a reader wants them: each rests on those before it. */
const ORDER = [
  'node',
  'installation',
  'sandbox',
  'permissions',
  'leftovers',
  'daemon',
  'socket',
  'database',
  'keys',
  'journal',
  'git',
  'disk',
  'clock',
];

/**
 * Checks a home, from this process's point of view and in bounded time, whatever state it is in.
 * @returns one check after the other; never rejects for anything that is wrong with the home.
 */
export async function checkHealth(options: HealthOptions = {}): Promise<Health> {
  const { fix = false, more = [] } = options;
  const place = placeOf(options);
  let reached = await reach(place.paths, place.env);
  const fixed = fix ? await replaceOlder(reached, place) : null;
  if (fixed !== null) reached = await reach(place.paths, place.env);
  const home = await examineHome(place, fix);
  const facts = factsOf(reached, home);
  const { env, paths } = place;
  const checks = [
    checkNodeVersion(reached),
    await checkInstallation(env),
    checkSandbox(reached, place),
    checkDaemon(reached, { paths, fixed }),
    checkSocket(reached, paths),
    checkJournal(reached, facts),
    checkClock(reached, facts),
    await checkKeys(place, facts),
    ...home.checks,
  ];
  // The home's own check is of a database that nobody has.
  const served = home.checks.some(({ name }) => name === 'database')
    ? undefined
    : checkServedDatabase(reached);
  if (served !== undefined) checks.push(served);
  const extra = await Promise.all(more.map((check) => check()));
  const sorted = [...checks.sort((a, b) => rank(a) - rank(b)), ...extra];
  return { healthy: sorted.every(({ status }) => status !== 'fail'), checks: sorted };
}

/** @returns what was done; null where there was nothing to do. */
async function replaceOlder(reached: Reached, { env }: Place): Promise<string | null> {
  if (reached.kind !== 'answers' || compareVersions(reached.hello.version, VERSION) >= 0) return null;
  const { pid } = await restartDaemon({ env });
  return `replaced the daemon of version ${reached.hello.version} (pid ${String(pid)})`;
}

function rank({ name }: Check): number {
  const position = ORDER.indexOf(name);
  return position === -1 ? ORDER.length : position;
}
