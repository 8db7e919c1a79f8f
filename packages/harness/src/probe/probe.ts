/** `lalia hooks probe`: a round trip through a real harness, with the person's own settings, against a scripted model on loopback. */
import type { Environment } from '@lalia/client';
import type { HarnessAdapter } from '../adapter.ts';
import { findExecutable, programOnPath } from '../executable.ts';
import { type Finding, Findings } from './finding.ts';
import { LEADS, type Lead } from './leads.ts';
import { MAIL_ROUTES, Mail } from './mail.ts';
import { play } from './play.ts';
import { isOver, Stage } from './stage.ts';
import {
  CHECK_NAMES,
  type InstalledHooks,
  tellHooks,
  tellImpossible,
  tellStuck,
  tellVersion,
  worksAll,
} from './verdict.ts';
import { versionOf } from './version.ts';

export interface ProbeOptions {
  readonly adapter: HarnessAdapter;
  /** The program of `lalia`, with the words before its own. */
  readonly lalia: readonly string[];
  /** The role prompt that is to reach the model. */
  readonly prompt: string;
  /** Undefined for a harness that runs none. */
  readonly installed: InstalledHooks | undefined;
  /** Whether hooks come along, as with `lalia run`, where none are in force. */
  readonly bringHooks: boolean;
  /** The person's home of Lalia. */
  readonly home: string;
  readonly env: Environment;
  readonly cwd: string;
  /** For all of it, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends it: it cleans up, and rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** What a probe found. */
export interface Probed {
  readonly harness: string;
  /** What its program says; null where it does not say. */
  readonly version: string | null;
  /** Whether everything works that the table of harnesses promises. */
  readonly works: boolean;
  readonly checks: readonly Finding[];
}

/**
 * Probes a harness on this machine.
 * @throws LaliaError `harness_not_found`; what the daemon that is started for it is refused with; the signal's reason when it aborts.
 */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { adapter, env, cwd, signal, timeoutMs } = options;
  const executable = findExecutable(adapter, options);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const findings = new Findings();
  const version = await versionOf(executable, { env, cwd, signal: limit });
  signal.throwIfAborted();
  tellVersion(findings, { adapter, executable, version });
  tellImpossible(findings, adapter);
  const lead = LEADS.get(adapter.id);
  const obstacle = obstacleOf(options, lead);
  if (lead === undefined || obstacle !== undefined) {
    tellHooks(findings, options, undefined);
    for (const name of CHECK_NAMES) findings.skip(name, obstacle ?? '');
  } else {
    await perform(findings, { ...options, lead, limit });
  }
  signal.throwIfAborted();
  const checks = findings.list(CHECK_NAMES);
  return { harness: adapter.id, version: version ?? null, works: worksAll(adapter, checks), checks };
}

/** Why nothing can be tried. */
function obstacleOf(
  { adapter: { title }, env, cwd }: ProbeOptions,
  lead: Lead | undefined,
): string | undefined {
  if (lead === undefined) return `Not tried: ${title} cannot be led to a model on this machine.`;
  if (programOnPath('script', { env, cwd }) !== undefined) return undefined;
  return 'Not tried: there is no `script` on the PATH, which makes a terminal; it is part of util-linux.';
}

interface Performance extends ProbeOptions {
  readonly lead: Lead;
  readonly limit: AbortSignal;
}

async function perform(findings: Findings, { limit, ...options }: Performance): Promise<void> {
  const { adapter, prompt, signal } = options;
  await using stage = await Stage.open({ ...options, signal: limit });
  const mail = new Mail(stage, findings, adapter.capabilities);
  const stuck = await stuckOn(play({ stage, mail, findings, adapter, prompt }));
  // A probe that cannot go on has found something, unless its person ended it.
  signal.throwIfAborted();
  const ran = stage.model.heard.length === 0 ? undefined : (await stage.turn()) !== null;
  if (ran === true) await mail.judge();
  if (ran === false)
    for (const name of [...MAIL_ROUTES, 'wake']) findings.skip(name, 'Not tried: no hook of Lalia ran.');
  tellHooks(findings, options, ran);
  if (stuck !== undefined) await tellStuck(findings, adapter, { stage, error: stuck });
  for (const name of CHECK_NAMES) findings.skip(name, 'Not tried: the probe ended before.');
}

/** Why it could not go on; undefined where it came to its end. @throws whatever is Lalia's own fault. */
async function stuckOn(playing: Promise<void>): Promise<Error | undefined> {
  try {
    await playing;
    return undefined;
  } catch (error) {
    if (isOver(error)) return error as Error;
    throw error;
  }
}
