/** An error as a person, or with `--json` a program, reads it (spec 10). */
import { type ErrorBody, EXIT, type ExitCode, isLaliaError, oneLine } from '@lalia/client';
import type { CommonFlags, View } from './command.ts';
import { showsColor } from './environment.ts';
import { note, OutputLost, print } from './output.ts';
import { red } from './render/paint.ts';

/** What is told about an error: three short lines. */
export function errorText(error: ErrorBody, view: Pick<View, 'color'> = {}): string {
  return [
    `${red('error:', view)} ${oneLine(error.message)}`,
    `reason: ${error.reason}`,
    `hint: ${oneLine(error.retry_hint)}`,
  ].join('\n');
}

/** The form that programs read, of expected errors and of bugs. */
export function errorBody(error: unknown): ErrorBody {
  if (isLaliaError(error)) return error.toJSON();
  return {
    code: EXIT.error,
    reason: 'internal',
    message: error instanceof Error ? error.message : String(error),
    retry_hint: 'This is a bug in lalia; the lines below say where.',
    context: {},
  };
}

/**
 * Tells an error.
 * @returns the exit code that belongs to it.
 */
export async function report(
  error: unknown,
  { json, noColor }: Pick<CommonFlags, 'json' | 'noColor'>,
): Promise<ExitCode> {
  const view = { color: !noColor && showsColor(process.stderr) };
  if (error instanceof OutputLost) {
    if (!error.quiet) note(errorText(lostBody(error), view));
    return EXIT.error;
  }
  const body = errorBody(error);
  if (json) await print(`${JSON.stringify({ error: body })}\n`).catch(() => undefined);
  else note(errorText(body, view));
  if (!isLaliaError(error) && error instanceof Error) note(error.stack ?? '');
  return isExitCode(body.code) ? body.code : EXIT.error;
}

function lostBody({ message, isFull }: OutputLost): ErrorBody {
  const retry_hint = 'What was not printed is not acknowledged: call again.';
  return { code: EXIT.error, reason: isFull ? 'storage_full' : 'internal', message, retry_hint, context: {} };
}

function isExitCode(code: number): code is ExitCode {
  return Object.values<number>(EXIT).includes(code);
}
