/** Of the hooks, for `lalia doctor`: whether those that are installed still do what they are for. */
import type { Check } from '@lalia/client';
import { hooksState, twiceText } from './commands/hooks/status.ts';
import { HOOKED } from './hook-setup.ts';

const NAME = 'hooks';

/** Hooks that nobody installed are nobody's fault. */
export function checkHooks(): Promise<Check> {
  return Promise.resolve(found());
}

function found(): Check {
  const { program, harnesses } = hooksState(HOOKED, false);
  const installed = harnesses.filter(({ files }) => files.some(({ state }) => state !== 'missing'));
  const twice = harnesses.find(({ mend }) => mend !== null);
  if (twice !== undefined) return warning(twiceText(twice.harness, twice.in_force), twice.mend);
  if (installed.length === 0) {
    return { name: NAME, status: 'ok', sentence: 'No harness has the hooks.', mend: null, fixed: null };
  }
  const names = installed.map(({ harness }) => harness).join(', ');
  const stale = installed.find(({ files }) =>
    files.some(({ purpose, state }) => purpose === 'hooks' && state === 'stale'),
  );
  const refused = installed.flatMap(({ files }) =>
    files.flatMap(({ problem }) => (problem === null ? [] : [problem])),
  );
  if (!program.found)
    return warning(`The program of the hooks is gone: ${program.path}.`, 'lalia hooks install');
  if (refused[0] !== undefined) return warning(refused[0], null);
  if (stale !== undefined) {
    return warning(
      `The hooks of ${stale.harness} are not those of this version.`,
      `lalia hooks install ${stale.harness}`,
    );
  }
  if (installed.some(({ trusted }) => trusted === false)) {
    return warning(
      'Codex runs none of the hooks until they are trusted: start it, and it asks; or type /hooks.',
      null,
    );
  }
  return { name: NAME, status: 'ok', sentence: `Installed for ${names}.`, mend: null, fixed: null };
}

function warning(sentence: string, mend: string | null): Check {
  return { name: NAME, status: 'warn', sentence, mend, fixed: null };
}
