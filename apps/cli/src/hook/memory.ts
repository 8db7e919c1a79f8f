/**
 * What one run of a hook has to know of those before it, of the same conversation: a small file in Lalia's home. Where it cannot
 * be kept, hooks go on without it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Remembered {
  /** How often in a row the agent was kept from stopping. */
  readonly keeps: number;
  /** How many messages were left unread when that was last told. */
  readonly pointed: number;
}

const NOTHING: Remembered = { keeps: 0, pointed: 0 };
/** A conversation that was not heard of for so long is over, although nobody said so. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

/** Between the name of a conversation's file and that of a call that is under way. */
const SUBAGENT = '.sub-';

export class Memory {
  readonly #folder: string;
  readonly #conversation: string;

  /** @param conversation what tells it from all others. */
  constructor(home: string, conversation: string) {
    this.#folder = join(home, 'hooks', 'sessions');
    this.#conversation = conversation;
  }

  /** Made when it is needed, because a digest is not for nothing. */
  get #file(): string {
    return join(this.#folder, createHash('sha256').update(this.#conversation).digest('hex').slice(0, 32));
  }

  get(): Remembered {
    try {
      const { keeps, pointed } = JSON.parse(readFileSync(this.#file, 'utf8')) as Remembered;
      return Number.isSafeInteger(keeps) && Number.isSafeInteger(pointed) ? { keeps, pointed } : NOTHING;
    } catch {
      return NOTHING;
    }
  }

  put(known: Remembered): void {
    try {
      if (known.keeps === 0 && known.pointed === 0) {
        rmSync(this.#file, { force: true });
        return;
      }
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const sibling = `${this.#file}.${randomBytes(6).toString('hex')}`;
      writeFileSync(sibling, JSON.stringify(known), { mode: 0o600 });
      renameSync(sibling, this.#file);
    } catch {
      // Then a pointer is given twice; the harness's own cap still holds.
    }
  }

  /** Notes that a subagent begins. @param call what tells its call from others of the conversation. */
  subagentBegins(call: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(this.#fileOf(call), '', { mode: 0o600 });
    } catch {
      // Then its hooks are taken for those of the main agent.
    }
  }

  subagentEnds(call: string): void {
    rmSync(this.#fileOf(call), { force: true });
  }

  /** A turn of the main agent begins or ends: none of its subagents is at work, also where the end of one was not heard of. */
  noSubagents(): void {
    for (const file of this.#subagents()) rmSync(file, { force: true });
  }

  hasSubagents(): boolean {
    return this.#subagents().length > 0;
  }

  #fileOf(call: string): string {
    return `${this.#file}${SUBAGENT}${createHash('sha256').update(call).digest('hex').slice(0, 16)}`;
  }

  #subagents(): string[] {
    const begin = `${basename(this.#file)}${SUBAGENT}`;
    try {
      const names = readdirSync(this.#folder).filter((name) => name.startsWith(begin));
      return names.map((name) => join(this.#folder, name));
    } catch {
      return [];
    }
  }

  /** Forgets conversations that ended without a word. */
  tidy(nowMs: number): void {
    try {
      for (const name of readdirSync(this.#folder)) {
        const file = join(this.#folder, name);
        if (nowMs - statSync(file).mtimeMs > FORGET_AFTER_MS) rmSync(file, { force: true });
      }
    } catch {
      // There is none yet, or another run tidies up.
    }
  }
}
