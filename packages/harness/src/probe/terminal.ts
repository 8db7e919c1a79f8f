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
  /** What a program may ask its person before it begins, and the keys that answer it; spaces do not count. */
  readonly answers?: readonly Question[];
}

export type Question = readonly [question: string, keys: string];

/** What a program asks a terminal, and what a plain one answers. */
const ANSWERS: readonly Question[] = [
  ['\u001b[6n', '\u001b[1;1R'],
  ['\u001b[c', '\u001b[?62;22c'],
  ['\u001b[?u', '\u001b[?0u'],
  ['\u001b]10;?', '\u001b]10;rgb:ffff/ffff/ffff\u001b\\'],
  ['\u001b]11;?', '\u001b]11;rgb:0000/0000/0000\u001b\\'],
];

/** From a question to the keys that answer it, in milliseconds. */
const ANSWER_MS = 700;

/** For a program to end by itself after it lost its terminal, in milliseconds. */
const GRACE_MS = 2000;

export class Terminal {
  /** Resolves when the program is gone. */
  readonly ended: Promise<void>;
  readonly #script: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #questions: readonly Question[];
  #drawn = '';
  #pid: number | undefined;

  /** @param command the program and its words. */
  constructor(command: readonly string[], { cwd, env, answers = [] }: TerminalOptions) {
    this.#questions = answers;
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
    await this.#until(
      () => withoutSpaces(stripVTControlCharacters(this.#drawn.slice(before))).includes(withoutSpaces(word)),
      signal,
    );
    this.types('\r');
  }

  /** Closes the terminal, and ends what does not end by that. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#signal('SIGHUP');
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
    this.#answer();
    for (const watcher of this.#watchers) watcher();
  }

  /** Each question once. Programs draw one before they listen, so the keys come later, and again while nothing new is drawn. */
  #answer(): void {
    if (this.#questions.length === 0) return;
    const shown = withoutSpaces(this.text);
    const asked = this.#questions.filter(([question]) => shown.includes(withoutSpaces(question)));
    this.#questions = this.#questions.filter((question) => !asked.includes(question));
    for (const [, keys] of asked) {
      let length: number | undefined;
      const timer = setInterval(() => {
        if (length !== undefined && length !== this.#drawn.length) {
          clearInterval(timer);
          return;
        }
        length = this.#drawn.length;
        this.types(keys);
      }, ANSWER_MS);
      this.#script.once('close', () => {
        clearInterval(timer);
      });
    }
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

  #killAll(): void {
    this.#script.kill('SIGKILL');
    this.#signal('SIGKILL');
  }

  /** Tells the program's group, whose leader it is. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#pid === undefined) {
      this.#script.kill(signal);
      return;
    }
    try {
      process.kill(-this.#pid, signal);
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

/** Programs draw moves in the place of spaces. */
function withoutSpaces(text: string): string {
  return text.replace(/\s+/g, '');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
