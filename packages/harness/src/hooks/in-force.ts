/** Where a harness already has Lalia's hooks from: each such place runs all of them. */
import type { Hooks, Scope } from '../adapter.ts';
import { type Places, pluginSign } from '../plugins/installed.ts';
import { setupState } from './setup.ts';

export interface InForce {
  readonly by: Scope | 'plugin';
  /** The file that says so. */
  readonly path: string;
}

/** @param harness its id. */
export function hooksInForce(harness: string, hooks: Hooks, places: Places): readonly InForce[] {
  const bySettings = (['home', 'project'] as const).flatMap((scope) => inSettings(scope, hooks, places));
  const plugin = pluginSign(harness, hooks, places);
  const found = [...bySettings, ...(plugin === undefined ? [] : [{ by: 'plugin', path: plugin } as const])];
  // A home that is a repository itself has one file for both.
  return found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index);
}

function inSettings(scope: Scope, hooks: Hooks, { env, ...roots }: Places): readonly InForce[] {
  const request = { hooks, scope, root: roots[scope], env, home: '', command: unlike, allow: false };
  const file = setupState(request).find(({ purpose }) => purpose === 'hooks');
  return file?.state === 'stale' || file?.state === 'installed' ? [{ by: scope, path: file.path }] : [];
}

/** Whatever the command line, hooks of ours are hooks of ours. */
function unlike(event: string): string {
  return `lalia hook any ${event}`;
}
