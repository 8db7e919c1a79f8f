/** What a probe finds, a line each, as the doctor's checks are. */
import type { Check } from '@lalia/client';

export interface Finding extends Pick<Check, 'name' | 'sentence' | 'mend'> {
  /** `skipped`: not tried, or the harness cannot. */
  readonly status: Check['status'] | 'skipped';
}

/** The findings of a probe by their names; what was found first stays. */
export class Findings {
  readonly #byName = new Map<string, Finding>();

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  ok(name: string, sentence: string): void {
    this.#put({ name, status: 'ok', sentence, mend: null });
  }

  warn(name: string, sentence: string, mend: string | null = null): void {
    this.#put({ name, status: 'warn', sentence, mend });
  }

  fail(name: string, sentence: string, mend: string | null = null): void {
    this.#put({ name, status: 'fail', sentence, mend });
  }

  skip(name: string, sentence: string): void {
    this.#put({ name, status: 'skipped', sentence, mend: null });
  }

  /** @returns those of these names, in their order. */
  list(names: readonly string[]): readonly Finding[] {
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  #put(finding: Finding): void {
    if (!this.has(finding.name)) this.#byName.set(finding.name, finding);
  }
}
