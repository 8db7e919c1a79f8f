/** Which harnesses take which of the folders, and by what commands. */
import { HOOKS } from '../hooks/table.ts';

export interface Plugin {
  /** The id of its harness. */
  readonly harness: string;
  /** Below the folder of all plugins. */
  readonly folder: string;
  /** The commands that install it. @param root the folder of all plugins, as a word of a shell. */
  readonly install: (root: string) => readonly string[];
  /** What is to be done after that. */
  readonly next: readonly string[];
}

const NO_WAKE =
  'Without `copilot --experimental` extensions are not loaded, and an idle Copilot is not woken.';

export const PLUGINS: readonly Plugin[] = [
  plugin('claude-code', 'lalia', (root) => [
    `claude plugin marketplace add ${root}`,
    'claude plugin install lalia@lalia',
  ]),
  plugin('codex', 'lalia', (root) => [
    `codex plugin marketplace add ${root}`,
    'codex plugin add lalia@lalia',
  ]),
  plugin(
    'copilot',
    'lalia',
    (root) => [`copilot plugin marketplace add ${root}`, 'copilot plugin install lalia@lalia'],
    [NO_WAKE],
  ),
  plugin('gemini', 'gemini', (root) => [`gemini extensions install ${root}/gemini`]),
  plugin('cursor', 'lalia', (root) => [
    'mkdir -p ~/.cursor/plugins/local',
    `cp -R ${root}/lalia ~/.cursor/plugins/local/lalia`,
  ]),
  plugin('opencode', 'opencode', (root) => [
    'mkdir -p ~/.config/opencode',
    `cp -R ${root}/opencode/. ~/.config/opencode/`,
  ]),
];

function plugin(
  harness: string,
  folder: string,
  ...[install, next = []]: readonly [Plugin['install'], (readonly string[])?]
): Plugin {
  const trust = HOOKS.get(harness)?.setup.next;
  return { harness, folder, install, next: trust === undefined ? next : [trust, ...next] };
}
