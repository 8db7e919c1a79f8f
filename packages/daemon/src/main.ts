/** The executable. Whoever starts `serve` reads one line of JSON from its standard output; so does who calls `restore` or `doctor`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { EXIT, fail, isLaliaError, type LaliaError } from '@lalia/protocol';
import { translateSqliteError } from '@lalia/store';
import { systemClock } from './clock.ts';
import { type Config, configFromEnvironment } from './config.ts';
import { Daemon } from './daemon.ts';
import { examineHome } from './doctor/examine-home.ts';
import { exportCommand } from './export.ts';
import { safePointOf, workspaceOf } from './home.ts';
import { rebuildHome } from './rebuild/rebuild.ts';
import { restore } from './restore/restore.ts';
import { verifyCommand } from './verify.ts';

const STDOUT = 1;

const COMMANDS: Readonly<Record<string, (rest: readonly string[]) => Promise<number>>> = {
  serve: () => serve(config),
  verify: (rest) => {
    const { values, positionals } = parsed(rest, { json: { type: 'boolean' }, expect: { type: 'string' } });
    return verifyCommand({
      directory: positionals[0] ?? workspaceOf(config),
      safePoint: safePointOf(config.paths),
      expect: typeof values['expect'] === 'string' ? values['expect'] : undefined,
      isJson: values['json'] === true,
    });
  },
  export: (rest) => {
    const { positionals } = parsed(rest, { json: { type: 'boolean' } });
    return exportCommand(positionals[0] ?? workspaceOf(config));
  },
  rebuild: (rest) => {
    const { values, positionals } = parsed(rest, { json: { type: 'boolean' }, force: { type: 'boolean' } });
    const [clone = ''] = positionals;
    return answer(() =>
      rebuildHome({ clone, config, clock: systemClock(), force: values['force'] === true }),
    );
  },
  restore: (rest) => {
    const { values, positionals } = parsed(rest, { force: { type: 'boolean' } });
    return answer(() => restore(config, { file: positionals[0] ?? '', force: values['force'] === true }));
  },
  doctor: (rest) => {
    const { values } = parsed(rest, { fix: { type: 'boolean' } });
    return answer(() => examineHome(config, { fix: values['fix'] === true, clock: systemClock() }));
  },
};

// Many small requests would otherwise let the young generation grow to 32 MiB of garbage; the daemon lives for weeks.
setFlagsFromString('--semi-space-growth-factor=1');
const config = configFromEnvironment(undefined, process.umask(0o077));
const [command = '', ...args] = process.argv.slice(2);
// Not awaited: the bundle is CommonJS, which has no await outside of functions.
run(command, args).then(end, (error: unknown) => {
  end(report(error));
});

function end(code: number): void {
  process.exitCode = code;
}

async function run(name: string, rest: readonly string[]): Promise<number> {
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (known !== undefined) return known(rest);
  throw fail('invalid_params', `lalia-daemon has no command "${name}".`, {
    hint: 'Use `lalia-daemon serve`, `verify [DIR] [--expect COMMIT] [--json]`, `export [DIR]`, `rebuild CLONE [--force]`, `restore FILE [--force]` or `doctor [--fix]`.',
  });
}

async function serve(settings: Config): Promise<number> {
  let daemon: Daemon | undefined;
  try {
    daemon = await Daemon.start(settings, systemClock());
  } catch (error) {
    const body = asLaliaError(error).toJSON();
    announce({ error: body });
    // Into the log, for whoever mends it; the starter is told a sentence.
    process.stderr.write(`${stackOf(error)}\n`);
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

function parsed(rest: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  return parseArgs({ args: [...rest], options, allowPositionals: true });
}

/** One line of JSON: the result, or `{"error":{…}}`. */
async function answer(work: () => Promise<object>): Promise<number> {
  let document: object;
  let code: number = EXIT.ok;
  try {
    document = await work();
  } catch (error) {
    const body = asLaliaError(error).toJSON();
    document = { error: body };
    code = body.code;
  }
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(document)}\n`, resolve));
  return code;
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
  const known = translateSqliteError(error);
  if (isLaliaError(known)) return known;
  const message = error instanceof Error ? error.message : String(error);
  return fail('internal', `Something unexpected happened: ${message}`, { cause: error });
}

function stackOf(error: unknown): string {
  if (isLaliaError(error) || !(error instanceof Error)) return asLaliaError(error).message;
  return error.stack ?? error.message;
}
