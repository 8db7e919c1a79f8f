/**
 * `lalia-daemon doctor`: what can be found out about a home from its files, in a process of its own, so that it also works where no
 * daemon can start. The database is looked at under the daemon's own lock: no second owner appears, and none starts meanwhile.
 */
import { existsSync } from 'node:fs';
import { type Check, fails, passes, toBase64Url, warns } from '@lalia/protocol';
import { type Examination, examineDatabase } from '@lalia/store';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { workspaceOf } from '../home.ts';
import { checkDisk } from './disk-check.ts';
import { checkLeftovers } from './leftover-check.ts';
import { checkPermissions } from './permission-check.ts';
import { checkTranscript } from './transcript-check.ts';

/** What the client makes its own checks from, where no daemon tells. */
export interface DatabaseFacts {
  readonly backlog: number;
  readonly newest_ts: number | null;
  readonly agents: readonly {
    readonly agent_id: string;
    readonly name: string;
    readonly kind: string;
    readonly public_key: string;
  }[];
}

export interface HomeExamination {
  readonly checks: readonly Check[];
  /** Null where a daemon has the database, or it tells nothing. */
  readonly facts: DatabaseFacts | null;
}

/** @param options.fix mends what is safe to mend. */
export async function examineHome(
  config: Config,
  { fix, clock }: { readonly fix: boolean; readonly clock: Clock },
): Promise<HomeExamination> {
  const { paths } = config;
  const permissions = checkPermissions(paths, fix);
  const database: Examination = existsSync(paths.database)
    ? examineDatabase(paths.database)
    : { kind: 'missing' };
  const workspace = workspaceOf(config);
  return {
    checks: [
      permissions,
      checkLeftovers(config, { isServed: database.kind === 'locked', fix, nowMs: clock.nowMs() }),
      ...checkDatabase(database),
      await checkTranscript(workspace, { database, env: config.git.env }),
      checkDisk({ home: paths.home, workspace }),
    ],
    facts: factsOf(database),
  };
}

/** Nothing where a daemon has it: that one is asked instead. */
function checkDatabase(found: Examination): Check[] {
  if (found.kind === 'locked') return [];
  if (found.kind === 'missing') return [passes('database', 'There is none yet; the first command makes it.')];
  if (found.kind === 'closed') {
    return [warns('database', `It cannot be opened for writing (${found.code}), so it was not checked.`)];
  }
  const [problem] = found.problems;
  if (problem !== undefined) {
    const more = found.problems.length === 1 ? '' : `, and ${String(found.problems.length - 1)} more`;
    return [fails('database', `It is damaged: ${problem}${more}.`, 'lalia restore FILE --force')];
  }
  if (found.schema > found.knownSchema) {
    return [
      fails(
        'database',
        `A newer Lalia wrote it (schema ${String(found.schema)}; this one knows ${String(found.knownSchema)}).`,
        'npm install -g @lalia/cli@latest',
      ),
    ];
  }
  return [passes('database', `It is sound (${String(Math.ceil(found.bytes / 1024))} KiB).`)];
}

function factsOf(found: Examination): DatabaseFacts | null {
  if (found.kind === 'missing') return { backlog: 0, newest_ts: null, agents: [] };
  if (found.kind !== 'examined' || found.databaseId === null) return null;
  return {
    backlog: found.backlog,
    newest_ts: found.newestMs,
    agents: found.agents.map(({ agentId, name, kind, publicKey }) => ({
      agent_id: agentId,
      name,
      kind,
      public_key: toBase64Url(publicKey),
    })),
  };
}
