/** What a doctor finds: the client looks at the machine, the daemon or its program at the home, and `lalia doctor` prints both. */

/** One finding, in the form that is printed. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found, for a person. */
  readonly sentence: string;
  /** The command that mends it; null where there is nothing to mend, or no command that does. */
  readonly mend: string | null;
  /** What `--fix` did about it; null where it did nothing. */
  readonly fixed: string | null;
}

/** All is well with it. */
export function passes(name: string, sentence: string, fixed: string | null = null): Check {
  return { name, status: 'ok', sentence, mend: null, fixed };
}

/** It works, and somebody should know. */
export function warns(name: string, sentence: string, mend: string | null = null): Check {
  return { name, status: 'warn', sentence, mend, fixed: null };
}

/** Something does not work because of it. */
export function fails(name: string, sentence: string, mend: string | null = null): Check {
  return { name, status: 'fail', sentence, mend, fixed: null };
}
