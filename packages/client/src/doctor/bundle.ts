/**
 * What somebody else needs to find a fault from afar, as one document: versions, findings, sizes and modes of files, the log. By
 * construction it holds nothing that anybody wrote or keeps secret: every part is picked by name, none is taken whole.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join, relative } from 'node:path';
import { PROTOCOL_VERSION, VERSION } from '@lalia/protocol';
import { type ConnectOptions, placeOf } from '../connect.ts';
import type { Environment } from '../environment.ts';
import type { Health } from './doctor.ts';

/** Of the log, its end. */
const LOG_LINES = 500;
const MAX_FILES = 500;

/** Those whose values say where things are and nothing else. */
const VARIABLES = ['LALIA_HOME', 'LALIA_WORKSPACE', 'LALIA_KEYSTORE', 'LALIA_DAEMON'] as const;

/** Fields of the log that hold numbers, words of our own, or paths of the home. */
const LOG_FIELDS = [
  'at',
  'pid',
  'event',
  'version',
  'node',
  'reason',
  'flushed',
  'backlog',
  'failures',
  'log_id',
  'name',
] as const;

/**
 * The document of `lalia doctor --bundle`.
 * @param health what the doctor found.
 */
export function diagnosticsOf(health: Health, options: Pick<ConnectOptions, 'env'> = {}): object {
  const { env, paths } = placeOf(options);
  return {
    about: 'Diagnostics of Lalia. No messages, no keys, no environment but the variables below.',
    created: new Date().toISOString(),
    lalia: VERSION,
    protocol: PROTOCOL_VERSION,
    node: process.versions.node,
    system: `${process.platform} ${process.arch} ${release()}`,
    places: paths,
    variables: variablesOf(env),
    health,
    home: filesOf(paths.home),
    log: logOf(paths.log),
  };
}

function variablesOf(env: Environment): Record<string, string> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Names, sizes and modes; keys are counted, because a name there is of a person's making in no case, but tells nothing either. */
function filesOf(home: string): object[] {
  return namesBelow(home, home)
    .slice(0, MAX_FILES)
    .flatMap((path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return [];
      return [
        {
          path: relative(home, path),
          mode: (stat.mode & 0o7777).toString(8),
          bytes: stat.size,
          changed: stat.mtime.toISOString(),
        },
      ];
    });
}

function namesBelow(folder: string, home: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
      const path = join(folder, item.name);
      // Anything else a person has put there.
      if (folder === home && !OUR_FILES.test(item.name)) return [];
      return item.isDirectory() ? [path, ...namesBelow(path, home)] : [path];
    });
  } catch {
    // What cannot be listed is among the findings.
    return [];
  }
}

const OUR_FILES =
  /^(lalia\.db(-wal|-shm|-journal)?|keys|sock|temp|pid|daemon\.log(\.1)?|workspace\.path|transcript\.safe|starting|git\.alive|restored\.json)$/;

/** The events, with where in the program an error came from, and without its words: those may quote anything. */
function logOf(path: string): object[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(-LOG_LINES)
    .flatMap((line) => {
      const event = parsed(line);
      return event === undefined ? framesOf(line) : [eventOf(event)];
    });
}

function eventOf(event: Readonly<Record<string, unknown>>): object {
  const kept = LOG_FIELDS.flatMap((field) => {
    const value = event[field];
    return isPlain(value) ? [[field, value] as const] : [];
  });
  const { error } = event;
  const stack = typeof error === 'string' ? error.split('\n').flatMap(framesOf) : [];
  return { ...Object.fromEntries(kept), ...(stack.length === 0 ? {} : { stack }) };
}

/** Numbers, truth values, and words without spaces: times, versions, reasons. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return /^[\w.:+-]{1,64}$/.test(value);
  return typeof value === 'number' || typeof value === 'boolean';
}

/** A line of a stack trace, which names a place in the program. */
function framesOf(line: string): object[] {
  const frame = /^\s+at (?:[\w.#<> ]+ \()?(?:file:\/\/)?[^()\s]*\/([\w.-]+:\d+:\d+)\)?$/.exec(line)?.[1];
  return frame === undefined ? [] : [{ at: frame }];
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
