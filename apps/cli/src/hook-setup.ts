/** What the commands of hooks have in common: which harnesses, whose settings, which program the hooks run. */
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fail, workingPlace } from '@lalia/client';
import {
  ADAPTERS,
  guardedCommand,
  type HarnessAdapter,
  type Hooks,
  type OfferedHooks,
  type Scope,
  type SetupRequest,
} from '@lalia/harness';
import { pathsOf } from '@lalia/protocol';
import { environment } from './environment.ts';
import { shellWord } from './render/names.ts';

/** A harness that can be made to ask for mail. */
export interface HookedHarness extends HarnessAdapter {
  readonly hooks: Hooks;
}

export const HOOKED: readonly HookedHarness[] = ADAPTERS.filter(isHooked);

export const HARNESS_ARGUMENT = {
  summary: `One of ${HOOKED.map(({ flag }) => flag).join(', ')}; without it all.`,
  suggests: HOOKED.map(({ flag }) => flag),
  optional: true,
} as const;

export const PROJECT_FLAG = {
  kind: 'switch',
  summary: 'In this repository, instead of for all of them.',
} as const;

/** @throws LaliaError `invalid_params` for one that there is not, or that has no hooks. */
export function harnessNamed(word: string): HookedHarness {
  const found = HOOKED.find(({ id, flag }) => id === word || flag === word);
  if (found !== undefined) return found;
  const known = ADAPTERS.find(({ id, flag }) => id === word || flag === word);
  const names = HOOKED.map(({ flag }) => flag).join(', ');
  throw fail(
    'invalid_params',
    known === undefined ? `There is no harness "${word.slice(0, 40)}".` : `${known.title} runs no hooks.`,
    { hint: `Those with hooks are ${names}.` },
  );
}

/** Whether hooks can be set up for a harness. */
export function isHooked(adapter: HarnessAdapter): adapter is HookedHarness {
  return adapter.hooks !== undefined;
}

/** Whether this is in a repository, which may have hooks of its own. */
export function isInRepository(): boolean {
  return workingPlace().location.repo_root !== null;
}

/** @throws LaliaError `invalid_params` outside of a repository, where one is meant. */
export function setupRequest(
  { id, hooks }: HookedHarness,
  { project, allow = false }: { readonly project: boolean; readonly allow?: boolean },
): SetupRequest {
  const env = environment();
  const scope: Scope = project ? 'project' : 'home';
  return { hooks, scope, root: rootOf(scope), env, home: laliaHome(), allow, command: commandOf(id, scope) };
}

/** Lalia's own home. */
export function laliaHome(): string {
  return pathsOf({ env: environment(), homedir: homedir(), uid: process.getuid?.() ?? 0 }).home;
}

/** The hooks that a launch brings along where none are in force. @param id the harness's. */
export function hooksForLaunch(id: string): OfferedHooks {
  const project = workingPlace().location.repo_root ?? process.cwd();
  return { command: commandOf(id, 'home'), home: homedir(), project };
}

/** Whether a person uses a harness: its folder is there, or its program. */
export function isInUse(harness: HookedHarness): boolean {
  const env = environment();
  const place = { scope: 'home', root: homedir(), env } as const;
  if (existsSync(harness.hooks.setup.folder(place))) return true;
  return harness.launch.programs.some((program) => programOnPath(program) !== undefined);
}

/** The program that the hooks run, and whether it is there. */
export function hookProgram(): { readonly path: string; readonly isThere: boolean } {
  const path = ownProgram();
  return { path: path.join(' '), isThere: path.every((word) => existsSync(word)) };
}

function rootOf(scope: Scope): string {
  if (scope === 'home') return homedir();
  const { location } = workingPlace();
  if (location.repo_root !== null) return location.repo_root;
  throw fail('invalid_params', 'This is not in a repository.', {
    hint: 'Run it in one, or leave --project out.',
  });
}

function commandOf(id: string, scope: Scope): (event: string) => string {
  if (scope === 'project') return guardedCommand(id);
  const program = ownProgram().map(shellWord).join(' ');
  return (event) => `${program} hook ${id} ${event}`;
}

/**
 * The `lalia` of the PATH, by its full path, because harnesses are started with other ones; where there is none that will
 * stay, this very program and its Node.
 */
function ownProgram(): readonly string[] {
  const found = programOnPath('lalia');
  if (found !== undefined && !/[/\\](_npx|node_modules)[/\\]/.test(dirname(found))) return [found];
  return thisProgram();
}

/** This very program. */
export function thisProgram(): readonly string[] {
  return [process.execPath, realpathSync(process.argv[1] ?? '')];
}

function programOnPath(name: string): string | undefined {
  const folders = (environment()['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
