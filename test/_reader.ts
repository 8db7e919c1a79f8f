/** Somebody who reads the guide and types its examples, in as many terminals as it has. */
import { join } from 'node:path';
import { Lalia, type Session, shellWords } from '@lalia/testkit';
import { type Example, MESSAGE_ID } from './_played-page.ts';
import { programFolder } from './_program-folder.ts';

export class Reader implements AsyncDisposable {
  readonly #user: string;
  readonly #standIns: Readonly<Record<string, string>>;
  readonly #lalia: Lalia;
  readonly #terminals = new Map<string, Promise<Session>>();
  /** What was printed in the place of an id that the page shows. */
  readonly #ids = new Map<string, string>();

  /** @param standIns programs that the examples call and this machine need not have, as `programFolder` takes them. */
  constructor(user: string, standIns: Readonly<Record<string, string>> = {}) {
    this.#user = user;
    this.#standIns = standIns;
    this.#lalia = new Lalia({}, user);
  }

  /** Types one example. @returns how it ended, and what it printed, with the home and the ids that the page has. */
  async follows({
    terminal,
    command,
    output,
  }: Example): Promise<{ readonly code: number; readonly said: string }> {
    if (/^(?:git|ls|cat|lalia verify)\b/.test(command)) await this.#lalia.journaled();
    const session = await this.#terminal(terminal);
    const { code, screen } = await session.types(
      command.replaceAll(MESSAGE_ID, (id) => this.#ids.get(id) ?? id),
    );
    const said = screen
      .replaceAll(this.#folder, `/home/${this.#user}`)
      // What a shell with a person in front of it says about its jobs.
      .replaceAll(/^\[\d+\].*\n/gm, '');
    this.#learn(output, said);
    return { code, said: this.#asShown(said).replace(/\n+$/, '') };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lalia[Symbol.asyncDispose]();
  }

  get #folder(): string {
    return join(this.#lalia.folder, this.#user);
  }

  #terminal(name: string): Promise<Session> {
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const opened = this.#open();
    this.#terminals.set(name, opened);
    return opened;
  }

  async #open(): Promise<Session> {
    const session = await this.#lalia.terminal({
      PATH: `${programFolder(this.#lalia, this.#standIns)}:${process.env['PATH'] ?? ''}`,
      // As every git of today will have it, and most people's has.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'init.defaultBranch',
      GIT_CONFIG_VALUE_0: 'main',
    });
    await session.types(shellWords(['cd', this.#folder]));
    return session;
  }

  #asShown(said: string): string {
    const shown = new Map([...this.#ids].map(([id, now]) => [now, id]));
    return said.replaceAll(MESSAGE_ID, (now) => shown.get(now) ?? now);
  }

  #learn(shown: string, said: string): void {
    const ids = said.match(MESSAGE_ID) ?? [];
    for (const [index, id] of (shown.match(MESSAGE_ID) ?? []).entries()) {
      const now = ids[index];
      if (now !== undefined && !this.#ids.has(id)) this.#ids.set(id, now);
    }
  }
}
