/** The executable: `serve` and `verify`. Whoever starts `serve` reads one line of JSON from its standard output. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { EXIT, fail, isLaliaError, type LaliaError } from '@lalia/protocol';
import { systemClock } from './clock.ts';
import { type Config, configFromEnvironment } from './config.ts';
import { Daemon } from './daemon.ts';
import { exportCommand } from './export.ts';
import { safePointOf, workspaceOf } from './home.ts';
import { rebuildCommand } from './rebuild/rebuild.ts';
import { verifyCommand } from './verify.ts';

const STDOUT = 1;

// Many small requests would otherwise let the young generation grow to 32 MiB of garbage; the daemon lives for weeks.
setFlagsFromString('--semi-space-growth-factor=1');
const config = configFromEnvironment(undefined, process.umask(0o077));
const [command, ...args] = process.argv.slice(2);
try {
  process.exitCode = await run(command, args);
} catch (error) {
  process.exitCode = report(error);
}

async function run(name: string | undefined, rest: readonly string[]): Promise<number> {
  if (name === 'serve') return serve(config);
  if (name === 'verify') return verify(rest);
  if (name === 'rebuild') return rebuild(rest);
  if (name === 'export') return exportCommand(directoryIn(rest));
  throw fail('invalid_params', `lalia-daemon has no command "${name ?? ''}".`, {
    hint: 'Use `lalia-daemon serve`, `lalia-daemon verify [DIR] [--expect COMMIT] [--json]` `lalia-daemon export [DIR]` or `lalia-daemon rebuild CLONE [--force]`.',
  });
}

async function serve(settings: Config): Promise<number> {
  let daemon: Daemon | undefined;
  try {
    daemon = await Daemon.start(settings, systemClock());
  } catch (error) {
    const body = asLaliaError(error).toJSON();
    announce({ error: body });
    process.stderr.write(`${body.message}\n`);
    return body.code;
  }
  if (daemon === undefined) {
    announce({ ready: false, running: true });
    return EXIT.ok;
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      daemon.requestStop(signal);
    });
  }
  announce({ ready: true, pid: process.pid });
  await daemon.stopped;
  return EXIT.ok;
}

async function verify(rest: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...rest],
    options: { json: { type: 'boolean' }, expect: { type: 'string' } },
    allowPositionals: true,
  });
  return verifyCommand({
    directory: positionals[0] ?? workspaceOf(config),
    safePoint: safePointOf(config.paths),
    expect: values.expect,
    isJson: values.json ?? false,
  });
}

/**
 * Tells the starter, and lets go of its pipe: it must not be kept open for as long as the daemon lives. The null device takes
 * the descriptor's place at once, because the next file to be opened would get it, and anything printed would end up there.
 */
function announce(line: object): void {
  try {
    writeSync(STDOUT, `${JSON.stringify(line)}\n`);
  } catch {
    // The starter is gone; the daemon is wanted all the same.
  }
  closeSync(STDOUT);
  openSync('/dev/null', 'w');
}

async function rebuild(rest: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...rest],
    options: { json: { type: 'boolean' }, force: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [clone] = positionals;
  if (clone === undefined) throw fail('invalid_params', 'Name the clone to rebuild from.');
  return rebuildCommand({ clone, config, clock: systemClock(), force: values.force ?? false });
}

/** The transcript that a command names, else this home's own. */
function directoryIn(rest: readonly string[]): string {
  const { positionals } = parseArgs({
    args: [...rest],
    options: { json: { type: 'boolean' } },
    allowPositionals: true,
  });
  return positionals[0] ?? workspaceOf(config);
}

/** Whoever wants JSON gets the error as a line on standard output, everybody else as text. */
function report(error: unknown): number {
  const known = asLaliaError(error);
  if (command !== 'serve' && args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: known })}\n`);
    return known.code;
  }
  process.stderr.write(`error: ${known.message}\nreason: ${known.reason}\nhint: ${known.hint}\n`);
  return known.code;
}

function asLaliaError(error: unknown): LaliaError {
  if (isLaliaError(error)) return error;
  return fail('internal', error instanceof Error ? (error.stack ?? error.message) : String(error), {
    cause: error,
  });
}
