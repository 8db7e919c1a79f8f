/** What `lalia-daemon doctor` says of a home, and what of that a running daemon says instead. */
import { type Check, fails, isLaliaError, type Result } from '@lalia/protocol';
import type { Place } from '../connect.ts';
import { askDaemonProgram } from '../spawn.ts';
import type { Reached } from './reach.ts';

/** The check of a large transcript takes most of it. */
const TIMEOUT_MS = 300_000;

export interface DatabaseFacts {
  readonly backlog: number;
  readonly newest_ts: number | null;
  readonly agents: Result<'diagnose'>['agents'];
}

export interface HomeExamination {
  readonly checks: readonly Check[];
  readonly facts: DatabaseFacts | null;
}

/** Has the daemon's program look at the home. @param fix mends what is safe. */
export async function examineHome({ env, paths }: Place, fix: boolean): Promise<HomeExamination> {
  // As it was given: where no workspace is named, the home's own record of it counts.
  const places = { ...env, LALIA_HOME: paths.home };
  try {
    const words = ['doctor', ...(fix ? ['--fix'] : [])];
    return (await askDaemonProgram(words, { env: places, timeoutMs: TIMEOUT_MS })) as HomeExamination;
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    return { checks: [fails('home', error.message)], facts: null };
  }
}

/** From the daemon where one has the database, else from the database. */
export function factsOf(reached: Reached, home: HomeExamination): DatabaseFacts | null {
  if (reached.kind !== 'answers' || reached.diagnosis === undefined) return home.facts;
  const { diagnosis, status } = reached;
  return {
    backlog: status?.journal.backlog ?? 0,
    newest_ts: diagnosis.database.newest_ts,
    agents: diagnosis.agents,
  };
}
