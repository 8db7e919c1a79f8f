import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneLine } from '@lalia/client';
import { type FileState, hooksInForce, type InForce, PLUGINS, setupState } from '@lalia/harness';
import { command } from '../../command.ts';
import { environment } from '../../environment.ts';
import { lastProblems, type Problem } from '../../hook/problems.ts';
import {
  HARNESS_ARGUMENT,
  HOOKED,
  type HookedHarness,
  harnessNamed,
  hookProgram,
  hooksForLaunch,
  isInUse,
  PROJECT_FLAG,
  setupRequest,
} from '../../hook-setup.ts';
import { table } from '../../render/table.ts';

interface HarnessHooks {
  readonly harness: string;
  /** Whether it is on this machine. */
  readonly in_use: boolean;
  readonly files: readonly FileState[];
  /** Whether its person has to approve hooks, and has; null where none has to. */
  readonly trusted: boolean | null;
  /** Where it has hooks of Lalia from, whatever the version; with more than one each hook runs as often. */
  readonly in_force: readonly InForce[];
  /** The command that leaves one of them; null where there is no more than one. */
  readonly mend: string | null;
}

export interface HooksStatus {
  readonly program: { readonly path: string; readonly found: boolean };
  readonly harnesses: readonly HarnessHooks[];
  readonly problems: readonly Problem[];
}

const SHOWN_PROBLEMS = 5;

export const hooksStatus = command({
  name: 'hooks status',
  group: 'Harnesses',
  summary: 'Show which harnesses have the hooks, and whether what they rely on is there.',
  args: { harness: HARNESS_ARGUMENT },
  flags: { project: PROJECT_FLAG },
  examples: [],
  run: ({ args, flags }) => {
    const chosen = args.harness === undefined ? HOOKED : [harnessNamed(args.harness)];
    return Promise.resolve(hooksState(chosen, flags.project));
  },
  render,
});

/** Everything that hooks rely on, as it is now. */
export function hooksState(chosen: readonly HookedHarness[], project: boolean): HooksStatus {
  const { path, isThere } = hookProgram();
  const requests = chosen.map((harness) => ({ harness, request: setupRequest(harness, { project }) }));
  const home = requests[0]?.request.home ?? '';
  return {
    program: { path, found: isThere },
    harnesses: requests.map(({ harness, request }) => {
      const files = setupState(request);
      const trusted = trustOf(harness, files);
      return { harness: harness.id, in_use: isInUse(harness), files, trusted, ...sourcesOf(harness) };
    }),
    problems: lastProblems(home, SHOWN_PROBLEMS),
  };
}

function sourcesOf(harness: HookedHarness): Pick<HarnessHooks, 'in_force' | 'mend'> {
  const found = hooksInForce(harness.id, harness.hooks, {
    ...hooksForLaunch(harness.id),
    env: environment(),
  });
  return { in_force: found, mend: found.length > 1 ? mendOf(harness, found) : null };
}

/** What the plugin brings is more than the hooks; but where agents are allowed to run `lalia`, uninstalling would take that along. */
function mendOf(harness: HookedHarness, found: readonly InForce[]): string {
  const has = (by: InForce['by']) => found.some((each) => each.by === by);
  const isAllowed = setupState(setupRequest(harness, { project: false })).some(
    ({ purpose, state }) => purpose === 'allow' && state !== 'missing',
  );
  const remove = PLUGINS.find((plugin) => plugin.harness === harness.id)?.remove;
  if (has('plugin') && has('home') && isAllowed && remove !== undefined) return remove;
  return `lalia hooks uninstall ${harness.flag}${has('project') ? ' --project' : ''}`;
}

/** Codex notes by the file and the event which hooks its person has reviewed; whether they are the same since, only it knows. */
function trustOf({ id, hooks }: HookedHarness, [file]: readonly FileState[]): boolean | null {
  if (id !== 'codex' || file === undefined || file.state !== 'installed') return null;
  const { env, root } = setupRequest({ id, hooks } as HookedHarness, { project: false });
  try {
    const config = readFileSync(
      join(hooks.setup.folder({ scope: 'home', root, env }), 'config.toml'),
      'utf8',
    );
    return config.includes('trusted_hash') && config.includes(`${file.path}:`);
  } catch {
    return false;
  }
}

function render({ program, harnesses, problems }: HooksStatus): string {
  const rows = harnesses.map(({ harness, in_use: inUse, files, trusted }) => {
    const states = files.flatMap(stateWords);
    const trust = trusted === false ? ['not trusted yet: /hooks in Codex'] : [];
    return [harnessNamed(harness).flag, inUse ? '' : 'not in use', [...states, ...trust].join(', ')];
  });
  const refused = harnesses.flatMap(({ files }) =>
    files.flatMap(({ problem }) => (problem === null ? [] : [problem])),
  );
  const twice = harnesses.flatMap(({ harness, in_force: found, mend }) =>
    mend === null ? [] : [`${twiceText(harness, found)} To leave one of them: ${mend}`],
  );
  const missing = program.found ? [] : [`the program of the hooks is gone: ${program.path}`];
  const notes = [
    ...missing,
    ...refused,
    ...twice,
    ...problems.map(({ ts, harness, event, problem }) => `${ts} ${harness} ${event}: ${problem}`),
  ].map((line) => `${oneLine(line)}\n`);
  return table(rows) + (notes.length === 0 ? '' : `\n${notes.join('')}`);
}

/** That hooks run more than once, and from where. */
export function twiceText(harness: string, found: readonly InForce[]): string {
  const places = found.map(({ by, path }) => `${by === 'plugin' ? 'the plugin of ' : ''}${path}`);
  return `${harness} runs each hook ${found.length === 2 ? 'twice' : 'three times'}: by ${places.join(' and by ')}.`;
}

/** Not to be allowed is as good as to be; only hooks ought to be there. */
function stateWords({ purpose, state }: FileState): readonly string[] {
  if (purpose === 'hooks') return [`hooks ${state === 'stale' ? 'out of date' : state}`];
  if (state === 'missing') return [];
  return [state === 'installed' ? 'lalia allowed' : `lalia allowed in part (${state})`];
}
