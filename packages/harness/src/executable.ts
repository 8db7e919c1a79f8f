/** The harness's program: looked up on the PATH as a shell does, and checked, because a failed `execve` cannot be told. */
import { accessSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Environment, fail } from '@lalia/client';
import type { HarnessAdapter } from './adapter.ts';

/** As much as systems read of a script's first line. */
const FIRST_LINE_BYTES = 256;

export interface Executable {
  /** What is executed: the program, or `/bin/sh` for a script that names no interpreter. */
  readonly path: string;
  /** Before the program's own arguments. */
  readonly args: readonly string[];
  /** The program as it is told that it is called. */
  readonly name: string;
}

/**
 * Finds a harness.
 * @throws LaliaError `harness_not_found` when it is not there, or is a script whose interpreter is not there.
 */
export function findExecutable(
  { title, launch }: HarnessAdapter,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Executable {
  for (const program of launch.programs) {
    const path = programOnPath(program, { env, cwd });
    if (path !== undefined) return executableAt(path, { title, program });
  }
  const names = launch.programs.map((program) => `\`${program}\``).join(' or ');
  throw fail('harness_not_found', `${title} is not installed: there is no ${names} on the PATH.`, {
    context: { programs: launch.programs },
    hint: `Install it (${launch.install}), or add its folder to the PATH.`,
  });
}

/** Looks a program up as a shell does. */
export function programOnPath(
  program: string,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).map((folder) => resolve(cwd, folder));
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function executableAt(path: string, { title, program }: { title: string; program: string }): Executable {
  const head = headOf(path);
  if (head.includes(0) || head.length === 0) return { path, args: [], name: program };
  const [, interpreter] = /^#![ \t]*(\S+)/.exec(head.toString('latin1')) ?? [];
  // A shell runs a text without an interpreter itself; the system would refuse it.
  if (interpreter === undefined) return { path: '/bin/sh', args: [path], name: program };
  if (isExecutable(interpreter)) return { path, args: [], name: program };
  throw fail('harness_not_found', `${title} cannot be started: ${path} needs ${interpreter}.`, {
    context: { path, interpreter },
    hint: `Install ${interpreter}, or ${title} anew.`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Empty where it may be executed and not read. */
function headOf(path: string): Buffer {
  const head = Buffer.alloc(FIRST_LINE_BYTES);
  try {
    const file = openSync(path, 'r');
    return head.subarray(0, readSync(file, head));
  } catch {
    return Buffer.alloc(0);
  }
}
