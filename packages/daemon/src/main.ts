/** The executable: `serve` and `verify`. Whoever starts `serve` reads one line of JSON from its standard output. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { EXIT, fail, isLaliaError, type LaliaError } from '@lalia/protocol';
import { systemClock } from './clock.ts';
import { type Config, configFromEnvironment } from './config.ts';
import { Daemon } from './daemon.ts';
import { safePointOf, workspaceOf } from './home.ts';
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
  throw fail('invalid_params', `lalia-daemon has no command "${name ?? ''}".`, {
    hint: 'Use `lalia-daemon serve` or `lalia-daemon verify [DIR] [--expect COMMIT] [--json]`.',
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
  process.on('uncaughtExceptionMonitor', (error) => {
    daemon.noteCrash(error);
  });
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

function report(error: unknown): number {
  const known = asLaliaError(error);
  process.stderr.write(`error: ${known.message}\nreason: ${known.reason}\nhint: ${known.hint}\n`);
  return known.code;
}

function asLaliaError(error: unknown): LaliaError {
  if (isLaliaError(error)) return error;
  return fail('internal', error instanceof Error ? (error.stack ?? error.message) : String(error), {
    cause: error,
  });
}
