/** Somebody at a terminal of their own, who types lines as the README shows them. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Result } from '@lalia/client';
import type { Lalia, Session } from '@lalia/testkit';
import { programFolder } from './_program-folder.ts';

interface Seat {
  readonly lalia: Lalia;
  readonly name: string;
  readonly terminal: Session;
  readonly script: string[];
  readonly cwd: string;
}

export class Typist {
  readonly name: string;
  readonly #lalia: Lalia;
  readonly #terminal: Session;
  readonly #script: string[];
  #cwd: string;

  private constructor({ lalia, name, terminal, script, cwd }: Seat) {
    this.name = name;
    this.#lalia = lalia;
    this.#terminal = terminal;
    this.#script = script;
    this.#cwd = cwd;
  }

  /**
   * Opens a terminal.
   * @param script what is typed is added to it, with who types it: `sue$ lalia task list`.
   */
  static async sitsDown(
    lalia: Lalia,
    name: string,
    { cwd, script = [] }: { readonly cwd: string; readonly script?: string[] },
  ): Promise<Typist> {
    const terminal = await lalia.terminal({ PATH: `${programFolder(lalia)}:${process.env['PATH'] ?? ''}` });
    return new Typist({ lalia, name, terminal, script, cwd });
  }

  /** Types a line that has to succeed. @returns what it printed. */
  async types(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.#type(line);
    if (code === 0) return stdout;
    throw new Error(`${this.name}$ ${line} ended with ${String(code)}: ${stdout}${stderr}`);
  }

  /** Types a line that has to fail. @returns its exit code, and what it said. */
  async isRefused(line: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
    const { code, stdout, stderr } = await this.#type(line);
    if (code !== 0) return { code, stderr };
    throw new Error(`${this.name}$ ${line} was not refused: ${stdout}${stderr}`);
  }

  /** Closes the terminal, and is away: the daemon looks for what has ended now and then. */
  async leaves(): Promise<void> {
    const { stdout } = await this.#terminal.run(['sh', '-c', 'lalia whoami --json'], { cwd: this.#cwd });
    const { agent } = JSON.parse(stdout) as Result<'identify'>;
    await this.#terminal.end();
    await this.#lalia.presenceOf(agent.agent_id, 'away');
  }

  async #type(line: string) {
    this.#script.push(`${this.name}$ ${line}`);
    const [, folder] = /^cd (\S+)$/.exec(line) ?? [];
    if (folder === undefined) return this.#terminal.run(['sh', '-c', line], { cwd: this.#cwd });
    this.#cwd = resolve(this.#cwd, folder);
    return { code: existsSync(this.#cwd) ? 0 : 1, stdout: '', stderr: '' };
  }
}
