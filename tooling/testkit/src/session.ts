/**
 * A session of somebody's own: a terminal with its shell, or a harness process, in which commands run. Nothing of the
 * tests is above it, so whoever looks at its ancestors finds this session and no other, wherever the tests themselves run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Finished, RunOptions } from './processes.ts';
import { shellWords } from './shell-words.ts';
import { becomes, isRunning } from './waiting.ts';

export interface SessionOptions {
  /** Where its files go; it has to exist. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** The name of the harness's program; without it, it is a terminal. */
  readonly harness?: string;
}

/** Its commands come through a named pipe, their results through files: a terminal's own input and output are for people. */
export class Session {
  /** The process that stands for the session. */
  readonly pid: number;
  readonly #folder: string;
  readonly #input: number;
  #commands = 0;
  #lastCode = 0;

  private constructor(options: { readonly folder: string; readonly input: number; readonly pid: number }) {
    this.pid = options.pid;
    this.#folder = options.folder;
    this.#input = options.input;
  }

  static async open({ folder, env, harness }: SessionOptions): Promise<Session> {
    mkdirSync(folder, { recursive: true });
    const pipe = join(folder, 'input');
    await once(spawn('mkfifo', [pipe]), 'close');
    // For reading as well, so that neither side waits for the other.
    const input = openSync(pipe, 'r+');
    const program = harness === undefined ? terminalProgram() : harnessProgram(folder, harness);
    // The shell in between ends at once, and what it started has no parent any more.
    const launcher = spawn('sh', ['-c', `${program} <"$1" >/dev/null 2>&1 &`, 'sh', pipe], {
      env,
      detached: true,
      stdio: 'ignore',
    });
    await once(launcher, 'close');
    const pidFile = join(folder, 'pid');
    writeSync(input, `echo $$ >'${pidFile}.new'; mv '${pidFile}.new' '${pidFile}'\n`);
    await becomes(() => existsSync(pidFile));
    return new Session({ folder, input, pid: Number(readFileSync(pidFile, 'utf8')) });
  }

  /** Runs a command in this session to its end. */
  async run(
    command: readonly string[],
    { cwd = this.#folder, env = {}, input = '' }: RunOptions = {},
  ): Promise<Finished> {
    this.#commands += 1;
    const file = join(this.#folder, String(this.#commands));
    writeFileSync(`${file}.in`, input);
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`);
    const words = shellWords(['env', ...variables, ...command]);
    // The line itself is short: a terminal takes 4096 bytes at most.
    writeFileSync(
      `${file}.sh`,
      `(cd ${shellWords([cwd])} && exec ${words}) <'${file}.in' >'${file}.out' 2>'${file}.err'\n` +
        `echo $? >'${file}.new'; mv '${file}.new' '${file}.code'\n`,
    );
    writeSync(this.#input, `(. '${file}.sh') &\n`);
    await becomes(() => existsSync(`${file}.code`));
    return {
      code: Number(readFileSync(`${file}.code`, 'utf8')),
      signal: null,
      stdout: readFileSync(`${file}.out`, 'utf8'),
      stderr: readFileSync(`${file}.err`, 'utf8'),
    };
  }

  /**
   * Types a line into the session's own shell: folders, variables and jobs stay as the line leaves them.
   * @returns how it ended, and everything that it said, as a screen has it: both outputs in one.
   */
  async types(line: string): Promise<{ readonly code: number; readonly screen: string }> {
    this.#commands += 1;
    const file = join(this.#folder, String(this.#commands));
    writeFileSync(`${file}.sh`, `(exit ${String(this.#lastCode)})\n${line}\n`);
    writeSync(
      this.#input,
      `. '${file}.sh' >'${file}.out' 2>&1; echo $? >'${file}.new'; mv '${file}.new' '${file}.code'\n`,
    );
    await becomes(() => existsSync(`${file}.code`));
    this.#lastCode = Number(readFileSync(`${file}.code`, 'utf8'));
    return { code: this.#lastCode, screen: readFileSync(`${file}.out`, 'utf8') };
  }

  /** Closes the terminal, or kills the harness. Resolves when it is gone. */
  async end(): Promise<void> {
    if (isRunning(this.pid)) process.kill(this.pid, 'SIGKILL');
    await becomes(() => !isRunning(this.pid));
  }

  /** Ends it and lets go of what it needed. */
  async dispose(): Promise<void> {
    await this.end();
    closeSync(this.#input);
  }
}

/** script(1) gives a shell a terminal, whose session leader it is. */
function terminalProgram(): string {
  return process.platform === 'linux'
    ? `SHELL=/bin/sh script -qfc 'exec sh' /dev/null`
    : 'script -q /dev/null sh';
}

/** A process is called like the script that it runs. */
function harnessProgram(folder: string, name: string): string {
  const program = join(folder, name);
  writeFileSync(program, '#!/bin/sh\nwhile read -r line; do eval "$line"; done\n');
  chmodSync(program, 0o755);
  return shellWords([program]);
}
