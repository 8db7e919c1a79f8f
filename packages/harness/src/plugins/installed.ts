/** Whether a harness has Lalia's plugin, as far as its settings tell. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@lalia/client';
import { parse } from 'jsonc-parser';
import type { Hooks } from '../adapter.ts';
import { textOf } from '../launch-hooks.ts';

export interface Places {
  /** The person's home folder. */
  readonly home: string;
  /** The repository's, or the working directory outside of one. */
  readonly project: string;
  readonly env: Environment;
}

interface Folders {
  readonly home: string;
  readonly project: string;
}

type Sign = (folders: Folders) => string | undefined;

const SIGNS: ReadonlyMap<string, Sign> = new Map<string, Sign>([
  [
    'claude-code',
    ({ home, project }) =>
      enabling([
        join(home, 'settings.json'),
        join(project, 'settings.json'),
        join(project, 'settings.local.json'),
      ]),
  ],
  ['codex', ({ home }) => enablingTable(join(home, 'config.toml'))],
  ['copilot', ({ home }) => enabling([join(home, 'settings.json')])],
  ['gemini', ({ home }) => existing(join(home, 'extensions/lalia/gemini-extension.json'))],
  ['cursor', ({ home }) => existing(join(home, 'plugins/local/lalia/.cursor-plugin/plugin.json'))],
]);

/** @returns the file that says so; undefined where nothing does. @param harness its id. */
export function pluginSign(
  harness: string,
  { setup }: Hooks,
  { home, project, env }: Places,
): string | undefined {
  return SIGNS.get(harness)?.({
    home: setup.folder({ scope: 'home', root: home, env }),
    project: setup.folder({ scope: 'project', root: project, env }),
  });
}

/** Of settings with `enabledPlugins`, whatever the marketplace is called; the last one that says something counts. */
function enabling(paths: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const path of paths) {
    const settings = parse(textOf(path)) as { readonly enabledPlugins?: unknown } | undefined;
    const { enabledPlugins: plugins } = settings ?? {};
    if (typeof plugins !== 'object' || plugins === null) continue;
    for (const [name, isEnabled] of Object.entries(plugins)) {
      if (name.startsWith('lalia@')) found = isEnabled === true ? path : undefined;
    }
  }
  return found;
}

/** Of Codex: a table for each plugin. */
function enablingTable(path: string): string | undefined {
  const table = textOf(path)
    .split(/^(?=\s*\[)/m)
    .find((part) => /^\s*\[plugins\."lalia@[^"]*"\]/.test(part));
  return table !== undefined && !/^\s*enabled\s*=\s*false/m.test(table) ? path : undefined;
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
