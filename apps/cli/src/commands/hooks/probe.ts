import { fail } from '@lalia/client';
import { ADAPTERS, type HarnessAdapter } from '@lalia/harness';
import type { InstalledHooks, Probed } from '@lalia/harness/probe';
import { command } from '../../command.ts';
import { environment } from '../../environment.ts';
import { type HookedHarness, isHooked, isInRepository, laliaHome, thisProgram } from '../../hook-setup.ts';
import { cleanedUp } from '../../interruption.ts';
import { rolePrompt } from '../../prompts/role-prompt.ts';
import { findingLines, verdict } from '../../render/findings.ts';
import { hooksState } from './status.ts';

const DEFAULT_TIMEOUT_MS = 120_000;

export const hooksProbe = command({
  name: 'hooks probe',
  group: 'Harnesses',
  summary: 'Start a harness against a scripted model, and say which ways of mail work on this machine.',
  args: {
    harness: {
      summary: `One of ${ADAPTERS.map(({ flag }) => flag).join(', ')}.`,
      suggests: ADAPTERS.map(({ flag }) => flag),
    },
  },
  flags: {
    launch: { kind: 'switch', summary: 'Where no hooks are installed, bring them along as lalia run does.' },
    timeout: { kind: 'seconds', summary: 'End it after this time; default 120.' },
  },
  examples: [
    { does: 'Whether mail reaches Codex in this folder', line: 'lalia hooks probe codex' },
    { does: 'Whether it would after lalia run', line: 'lalia hooks probe codex --launch' },
  ],
  run: async ({ args, flags, session }) => {
    const adapter = adapterNamed(args.harness);
    const { probe } = await import('@lalia/harness/probe');
    const probed = await cleanedUp((signal) =>
      probe({
        adapter,
        installed: installedOf(adapter),
        bringHooks: flags.launch,
        lalia: thisProgram(),
        prompt: rolePrompt('peer'),
        home: laliaHome(),
        env: environment(),
        cwd: process.cwd(),
        timeoutMs: flags.timeout ?? DEFAULT_TIMEOUT_MS,
        signal,
      }),
    );
    if (!probed.works) session.exitWith(1);
    return { ...probed, reason: probed.works ? null : ('unhealthy' as const) };
  },
  render: ({ checks }: Probed) => `${[...findingLines(checks), verdict(checks)].join('\n')}\n`,
});

/** @throws LaliaError `invalid_params` for one that there is not. */
function adapterNamed(word: string): HarnessAdapter {
  const found = ADAPTERS.find(({ id, flag }) => id === word || flag === word);
  if (found !== undefined) return found;
  throw fail('invalid_params', `There is no harness "${word.slice(0, 40)}".`, {
    hint: `There are ${ADAPTERS.map(({ flag }) => flag).join(', ')}.`,
  });
}

/** Hooks of the person's own settings and of this repository's do the same. */
function installedOf(adapter: HarnessAdapter): InstalledHooks | undefined {
  if (!isHooked(adapter)) return undefined;
  const found = [false, ...(isInRepository() ? [true] : [])].map((project) => stateOf(adapter, project));
  return found.find(({ state }) => state !== 'missing') ?? found[0];
}

function stateOf(adapter: HookedHarness, project: boolean): InstalledHooks {
  const { program, harnesses } = hooksState([adapter], project);
  const file = harnesses[0]?.files.find(({ purpose }) => purpose === 'hooks');
  const state = file?.state ?? 'missing';
  const isGone = state !== 'missing' && !program.found;
  return { state, problem: isGone ? `Their program is gone: ${program.path}.` : (file?.problem ?? null) };
}
