/**
 * A terminal for a program that draws on it: it answers what such programs ask of a terminal, and keeps what they draw. It is made by `script`, which
 * systems bring along; Node has none.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Environment } from '@lalia/client';

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Environment;
}

/** What a program asks a terminal, and what a plain one answers. */
const ANSWERS: readonly (readonly [question: string, answer: string])[] = [
  ['\u001b[6n', '\u001b[1;1R'],
  ['\u001b[c', '\u001b[?62;22c'],
  ['\u001b[?u', '\u001b[?0u'],
  ['\u001b]10;?', '\u001b]10;rgb:ffff/ffff/ffff\u001b\\'],
  ['\u001b]11;?', '\u001b]11;rgb:0000/0000/0000\u001b\\'],
];

/** For a program to end by itself after it lost its terminal, in milliseconds. */
const GRACE_MS = 3000;

export class Terminal {
  /** Resolves when the program is gone. */
  readonly ended: Promise<void>;
  readonly #script: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #drawn = '';
  #pid: number | undefined;

  /** @param command the program and its words. */
  constructor(command: readonly string[], { cwd, env }: TerminalOptions) {
    // Its first line is the process that the program will be, the leader of the terminal's session.
    const line = `echo "${FIRST}$$."; stty rows 50 cols 160; exec ${command.map(quoted).join(' ')}`;
    this.#script = spawn('script', scriptWords(line), {
      cwd,
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'ignore'],
      // Ctrl-C is for whoever opened it, who closes it.
      detached: true,
    });
    // A program that is gone takes no more keys, and its end says so.
    this.#script.stdin?.on('error', () => undefined);
    this.#script.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#draw(text);
    });
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        resolve();
      };
      this.#script.once('close', end).once('error', end);
    });
  }

  /** Everything drawn so far, without the colours and moves. */
  get text(): string {
    return stripVTControlCharacters(this.#drawn);
  }

  types(keys: string): void {
    this.#script.stdin?.write(keys);
  }

  /** Types a word and, when it is drawn, the key that sends it: both at once would pass for something pasted. */
  async enters(word: string, signal?: AbortSignal): Promise<void> {
    const before = this.#drawn.length;
    this.types(word);
    await this.#until(() => stripVTControlCharacters(this.#drawn.slice(before)).includes(word), signal);
    this.types('\r');
  }

  /** Closes the terminal, and ends what does not end by that. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#script.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.#killAll();
    }, GRACE_MS);
    await this.ended;
    clearTimeout(timer);
    this.#killAll();
  }

  #draw(text: string): void {
    this.#drawn += text;
    this.#pid ??= pidIn(this.#drawn);
    for (const [question, answer] of ANSWERS) if (text.includes(question)) this.types(answer);
    for (const watcher of this.#watchers) watcher();
  }

  async #until(isSatisfied: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      reject(signal?.reason as Error);
    };
    const check = (): void => {
      if (isSatisfied()) resolve();
    };
    this.#watchers.add(check);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    check();
    try {
      await promise;
    } finally {
      this.#watchers.delete(check);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** The program's group, and what made its terminal. */
  #killAll(): void {
    this.#script.kill('SIGKILL');
    if (this.#pid === undefined) return;
    try {
      process.kill(-this.#pid, 'SIGKILL');
    } catch (error) {
      // It is gone, which is what was wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const FIRST = 'lalia terminal ';

function pidIn(drawn: string): number | undefined {
  const [, pid] = /^lalia terminal (\d+)\./m.exec(drawn) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** The two families of `script`, of util-linux and of the BSDs, differ in all but the name. */
function scriptWords(line: string): string[] {
  return process.platform === 'linux'
    ? ['-qfec', line, '/dev/null']
    : ['-q', '/dev/null', '/bin/sh', '-c', line];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
