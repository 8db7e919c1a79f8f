/** The daemon, its socket, its transcript's backlog and its clock, as this process sees them. */
import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Check,
  compareVersions,
  fails,
  limits,
  type Paths,
  passes,
  VERSION,
  warns,
} from '@lalia/protocol';
import type { DatabaseFacts } from './home-facts.ts';
import type { Reached } from './reach.ts';

/** Clocks of one machine agree; what is more than a slow answer has been set. */
const CLOCK_SLACK_MS = 5000;

/** Whether it runs, answers, and is of this version. @param fixed what was done about an older one. */
export function checkDaemon(
  reached: Reached,
  { paths, fixed }: { readonly paths: Paths; readonly fixed: string | null },
): Check {
  const name = 'daemon';
  if (reached.kind === 'none')
    return passes(name, 'None is running; the next command that needs one starts it.');
  if (reached.kind === 'refused')
    return warns(name, 'Whether one runs cannot be seen from here: its socket was refused.');
  if (reached.kind === 'unreachable') return fails(name, reached.sentence, 'lalia restart');
  if (reached.kind === 'hanging') {
    const { pid } = reached;
    const who = pid === undefined ? 'One' : `One (pid ${String(pid)})`;
    return fails(
      name,
      `${who} takes connections and does not answer.`,
      pid === undefined ? null : `kill -9 ${String(pid)}`,
    );
  }
  const { hello, status } = reached;
  const process = `pid ${String(hello.pid)}`;
  if (status !== undefined && status.home !== paths.home)
    return warns(
      name,
      `It answers (${process}), but it serves ${status.home}: the folder was moved.`,
      'lalia restart',
    );
  const difference = compareVersions(hello.version, VERSION);
  if (difference < 0)
    return warns(name, `It is older (${hello.version}) than this command (${VERSION}).`, 'lalia restart');
  if (difference > 0)
    return warns(
      name,
      `It is newer (${hello.version}) than this command (${VERSION}).`,
      'npm install -g @lalia/cli@latest',
    );
  return passes(name, `It answers (${process}, version ${hello.version}).`, fixed);
}

/** Whether it can be reached where clients look for it. */
export function checkSocket(reached: Reached, paths: Paths): Check {
  const name = 'socket';
  if (reached.kind === 'refused') return fails(name, reached.error.message, null);
  const isFallback = dirname(paths.socket) !== paths.home;
  const where = isFallback ? `${paths.socket}, because the home's path is too long` : paths.socket;
  if (reached.kind === 'none') return passes(name, `It will be at ${where}.`);
  if (reached.kind === 'unreachable') return fails(name, reached.sentence, null);
  const mode = lstatSync(paths.socket, { throwIfNoEntry: false })?.mode ?? 0o600;
  if ((mode & 0o077) !== 0)
    return fails(name, `${paths.socket} can be opened by other users.`, `chmod 600 ${paths.socket}`);
  return passes(name, `It is at ${where}.`);
}

/** Whether what was said is written. */
export function checkJournal(reached: Reached, facts: DatabaseFacts | null): Check {
  const name = 'journal';
  if (reached.kind === 'answers' && reached.status !== undefined) {
    const { backlog, error } = reached.status.journal;
    if (error !== null)
      return fails(name, `${count(backlog)} wait, and the last attempt failed: ${error}.`, null);
    return passes(
      name,
      backlog === 0 ? 'Everything is in the transcript.' : `${count(backlog)} are on their way.`,
    );
  }
  if (facts === null) return warns(name, 'How much waits for the transcript could not be found out.');
  return facts.backlog === 0
    ? passes(name, 'Everything is in the transcript.')
    : warns(
        name,
        `${count(facts.backlog)} are not in the transcript yet; a daemon writes them.`,
        'lalia start',
      );
}

/** Whether signed requests will be taken, and no message is from the future. */
export function checkClock(reached: Reached, facts: DatabaseFacts | null): Check {
  const name = 'clock';
  const nowMs = Date.now();
  if (reached.kind === 'answers') {
    const apart = Math.abs(reached.hello.now - reached.heardMs);
    if (apart > limits.REQUEST_WINDOW_MS)
      return fails(
        name,
        `The daemon's clock is ${seconds(apart)} from this one; requests are refused.`,
        'lalia restart',
      );
    if (apart > CLOCK_SLACK_MS)
      return warns(name, `The daemon's clock is ${seconds(apart)} from this one.`, 'lalia restart');
  }
  const newest = facts?.newest_ts ?? null;
  if (newest !== null && newest > nowMs + CLOCK_SLACK_MS)
    return warns(
      name,
      `The newest message is dated ${seconds(newest - nowMs)} ahead: the clock was set back since.`,
    );
  return passes(name, 'It agrees, and no message is dated ahead of it.');
}

/** What the daemon says of its database, which nobody else can open. @returns undefined where the home's own check tells. */
export function checkServedDatabase(reached: Reached): Check | undefined {
  const name = 'database';
  if (reached.kind === 'none') return undefined;
  if (reached.kind !== 'answers' || reached.diagnosis === undefined)
    return warns(name, 'The daemon has it, and it could not be asked.');
  const { problems, bytes } = reached.diagnosis.database;
  const [problem] = problems;
  if (problem === undefined) return passes(name, `It is sound (${String(Math.ceil(bytes / 1024))} KiB).`);
  const more = problems.length === 1 ? '' : `, and ${String(problems.length - 1)} more`;
  return fails(name, `It is damaged: ${problem}${more}.`, 'lalia stop && lalia restore FILE --force');
}

function count(entries: number): string {
  return entries === 1 ? '1 change' : `${String(entries)} changes`;
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 1000))} s`;
}
