/** What a probe says of a harness beside what mail showed. */
import { compareVersions } from '@lalia/client';
import type { HarnessAdapter } from '../adapter.ts';
import { ABILITIES } from '../capability.ts';
import type { Executable } from '../executable.ts';
import type { Finding, Findings } from './finding.ts';
import { MAIL_ROUTES } from './mail.ts';
import { HarnessEnded, type Stage } from './stage.ts';

/** What is installed of the hooks of a harness. */
export interface InstalledHooks {
  readonly state: 'installed' | 'stale' | 'missing' | 'refused';
  /** What is wrong with a file of theirs, or with the program that they run. */
  readonly problem: string | null;
}

/** In the order in which they are shown; `tell` is the table's `socket`. */
export const CHECK_NAMES = ['executable', 'hooks', 'role', ...MAIL_ROUTES, 'wake', 'tell'] as const;

export function tellVersion(
  findings: Findings,
  {
    adapter: { title, checked },
    executable: { path },
    version,
  }: {
    readonly adapter: HarnessAdapter;
    readonly executable: Executable;
    readonly version: string | undefined;
  },
): void {
  if (version === undefined) {
    findings.warn(
      'executable',
      `${path} does not say its version; what is known here is of ${checked.version}.`,
    );
  } else if (version === checked.version || !checked.run) {
    findings.ok('executable', `${title} ${version}: ${path}.`);
  } else if (compareVersions(version, checked.version) > 0) {
    findings.ok('executable', `${title} ${version}: ${path}; what is known here is of ${checked.version}.`);
  } else {
    findings.warn(
      'executable',
      `${title} ${version} is older than ${checked.version}, of which is known what it can: ${path}.`,
    );
  }
}

/** What the table says that it cannot; whether its commands reach the socket is found out all the same. */
export function tellImpossible(findings: Findings, { capabilities }: HarnessAdapter): void {
  for (const ability of ABILITIES) {
    const { can, how } = capabilities[ability];
    if (can === 'no' && ability !== 'socket') findings.skip(ability, `It cannot: ${how}.`);
  }
}

interface HooksToTell {
  readonly adapter: HarnessAdapter;
  /** Undefined for a harness that runs none. */
  readonly installed: InstalledHooks | undefined;
  readonly bringHooks: boolean;
}

/** @param ran whether one of them has; undefined where that was not tried. */
export function tellHooks(
  findings: Findings,
  { adapter, installed, bringHooks }: HooksToTell,
  ran: boolean | undefined,
): void {
  const { title, flag, hooks } = adapter;
  const install = `lalia hooks install ${flag}`;
  if (installed === undefined) findings.skip('hooks', `${title} runs no hooks.`);
  else if (installed.problem !== null) findings.fail('hooks', installed.problem, install);
  else if (installed.state === 'missing') {
    const where = bringHooks ? 'they came along for this launch' : 'they come from a plugin';
    if (ran === true) findings.ok('hooks', `They are not in its settings: ${where}, and ran.`);
    else if (bringHooks && ran === false) {
      const next = hooks?.setup.next ?? install;
      findings.fail('hooks', `None are installed, and ${title} ran none that came along.`, next);
    } else findings.fail('hooks', 'They are not installed.', install);
  } else if (ran === false) {
    findings.fail('hooks', `They are installed, and ${title} ran none of them.`, hooks?.setup.next ?? null);
  } else if (installed.state === 'stale') {
    findings.warn('hooks', 'They are not those of this version.', install);
  } else {
    findings.ok('hooks', ran === true ? 'They are installed, and ran.' : 'They are installed.');
  }
}

/** Why it could not go on, in the place of what was to come next. */
export async function tellStuck(
  findings: Findings,
  { title }: HarnessAdapter,
  { stage, error }: { readonly stage: Stage; readonly error: unknown },
): Promise<void> {
  const next = CHECK_NAMES.find((name) => name !== 'hooks' && !findings.has(name));
  if (next === undefined) return;
  findings.fail(next, `${await reasonOf(title, stage, error)} Its screen ends with: ${stage.screen}`);
}

async function reasonOf(title: string, stage: Stage, error: unknown): Promise<string> {
  const isAsking = (await stage.turn())?.state === 'asking';
  if (isAsking) return `${title} asks its person something.`;
  const wanted = stage.refused.length === 0 ? '' : ` It wanted ${stage.refused.slice(0, 3).join(', ')}.`;
  if (error instanceof HarnessEnded) return `${title} ended.${wanted}`;
  return stage.model.heard.length === 0
    ? `${title} did not ask its model in time.${wanted}`
    : `${title} did not go on in time.`;
}

/** Whether everything works that the table promises: nothing failed, and no such thing was left out. */
export function worksAll({ capabilities }: HarnessAdapter, checks: readonly Finding[]): boolean {
  const promised = new Set<string>(ABILITIES.filter((ability) => capabilities[ability].can === 'yes'));
  return checks.every(
    ({ name, status }) =>
      status !== 'fail' && (status !== 'skipped' || !(promised.has(name) || name === 'tell')),
  );
}
