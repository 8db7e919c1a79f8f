/** A terminal for a program that draws on it: it answers what such programs ask of a terminal, and keeps what they draw. */
import { stripVTControlCharacters } from 'node:util';
import { Running, shellWords } from '@lalia/testkit';

export interface ScreenOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a program asks a terminal, and what a plain one answers. */
const ANSWERS: readonly (readonly [question: string, answer: string])[] = [
  ['\u001b[6n', '\u001b[1;1R'],
  ['\u001b[c', '\u001b[?62;22c'],
  ['\u001b[?u', '\u001b[?0u'],
  ['\u001b]10;?', '\u001b]10;rgb:ffff/ffff/ffff\u001b\\'],
  ['\u001b]11;?', '\u001b]11;rgb:0000/0000/0000\u001b\\'],
];

export class Screen {
  readonly #running: Running;

  constructor(command: readonly string[], options: ScreenOptions) {
    const line = `stty rows 50 cols 160; exec ${shellWords(command)}`;
    const words = ['-qfec', line, '/dev/null'];
    this.#running = new Running(['script', ...words], {
      cwd: options.cwd,
      env: { ...options.env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
      keepInput: true,
    });
    this.#running.child.stdout?.on('data', (text: string) => {
      for (const [question, answer] of ANSWERS) if (text.includes(question)) this.types(answer);
    });
  }

  /** Everything drawn so far, without the colours and moves. */
  get text(): string {
    return stripVTControlCharacters(this.#running.stdout);
  }

  types(keys: string): void {
    this.#running.child.stdin?.write(keys);
  }

  /** Types a word and, when it is drawn, the key that sends it: both at once would pass for something pasted. */
  async enters(word: string): Promise<void> {
    const before = this.#running.stdout.length;
    this.types(word);
    await this.#running.until(({ stdout }) => stripVTControlCharacters(stdout.slice(before)).includes(word));
    this.types('\r');
  }

  /** Presses a key that has a text drawn, again until it is: some programs throw away what comes too early. */
  async presses(key: string, text: string): Promise<void> {
    this.types(key);
    const again = setInterval(() => {
      this.types(key);
    }, 2000);
    try {
      await this.shows(text);
    } finally {
      clearInterval(again);
    }
  }

  /** Waits until a text is drawn. */
  async shows(text: string): Promise<void> {
    await this.#running.until(({ stdout }) => stripVTControlCharacters(stdout).includes(text));
  }

  /** Closes the terminal. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#running.kill('SIGTERM');
    await this.#running.finished;
  }
}
