/**
 * Real sandboxes around a command: sockets refused by the kernel as Codex does it, a home that nobody inside can write, and a
 * process namespace of its own. What this machine cannot do is said once, and `undefined`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CAGED = join(import.meta.dirname, 'caged.py');

/** Words that go before a command. */
export type Cage = readonly string[];

/** The folder of a program that is on the PATH. */
function found(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

function works(what: string, command: readonly string[]): boolean {
  const [program = '', ...args] = command;
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    process.stderr.write(`Not tested here: ${what} (${String(error).split('\n', 1)[0] ?? ''}).\n`);
    return false;
  }
}

/** Without sockets, by a seccomp filter; undefined where there is no Linux or no Python. */
export function socketCage(): Cage | undefined {
  const cage = [found('python3') ?? 'python3', CAGED];
  return works('a command whose sockets the kernel refuses', [...cage, 'true']) ? cage : undefined;
}

/**
 * In a process namespace of its own, as a container is, and as the sandbox of a harness is.
 * @param options.firstProcess a folder for a shell that is called like this and is the namespace's first process.
 * @param options.readOnly what nobody inside may write.
 */
export function namespaceCage(
  options: {
    readonly firstProcess?: { readonly folder: string; readonly name: string };
    readonly readOnly?: string;
  } = {},
): Cage | undefined {
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const unshare = ['unshare', ...user, '-m', '-p', '-f', '--kill-child', '--mount-proc'];
  if (!works('a command in a process namespace of its own', [...unshare, 'true'])) return undefined;
  const { firstProcess, readOnly } = options;
  const shell = firstProcess === undefined ? 'sh' : shellCalled(firstProcess);
  const mounts =
    readOnly === undefined
      ? ''
      : `mount --bind '${readOnly}' '${readOnly}' && mount -o remount,bind,ro '${readOnly}' && `;
  return [...unshare, shell, '-c', `${mounts}"$@"; exit $?`, shell];
}

/** A process is called as it was started. */
function shellCalled({ folder, name }: { readonly folder: string; readonly name: string }): string {
  const path = join(folder, name);
  if (!existsSync(path)) symlinkSync('/bin/sh', path);
  return path;
}
