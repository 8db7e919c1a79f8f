/** Which harnesses take which of the folders, and by what commands. */
import { HOOKS } from '../hooks/table.ts';

export interface Plugin {
  /** The id of its harness. */
  readonly harness: string;
  /** Below the folder of all plugins. */
  readonly folder: string;
  /** The commands that install it. @param root the folder of all plugins, as a word of a shell. */
  readonly install: (root: string) => readonly string[];
  /** The command that removes it; undefined where it is the file that `lalia hooks install` writes as well. */
  readonly remove: string | undefined;
  /** What is to be done after that. */
  readonly next: readonly string[];
}

const NO_WAKE =
  'Without `copilot --experimental` extensions are not loaded, and an idle Copilot is not woken.';

export const PLUGINS: readonly Plugin[] = [
  plugin('claude-code', {
    folder: 'lalia',
    install: (root) => [`claude plugin marketplace add ${root}`, 'claude plugin install lalia@lalia'],
    remove: 'claude plugin uninstall lalia@lalia',
  }),
  plugin('codex', {
    folder: 'lalia',
    install: (root) => [`codex plugin marketplace add ${root}`, 'codex plugin add lalia@lalia'],
    remove: 'codex plugin remove lalia@lalia',
  }),
  plugin('copilot', {
    folder: 'lalia',
    install: (root) => [`copilot plugin marketplace add ${root}`, 'copilot plugin install lalia@lalia'],
    remove: 'copilot plugin uninstall lalia@lalia',
    next: [NO_WAKE],
  }),
  plugin('gemini', {
    folder: 'gemini',
    install: (root) => [`gemini extensions install ${root}/gemini`],
    remove: 'gemini extensions uninstall lalia',
  }),
  plugin('cursor', {
    folder: 'lalia',
    install: (root) => [
      'mkdir -p ~/.cursor/plugins/local',
      `cp -R ${root}/lalia ~/.cursor/plugins/local/lalia`,
    ],
    remove: 'rm -r ~/.cursor/plugins/local/lalia',
  }),
  plugin('opencode', {
    folder: 'opencode',
    install: (root) => ['mkdir -p ~/.config/opencode', `cp -R ${root}/opencode/. ~/.config/opencode/`],
    remove: undefined,
  }),
];

function plugin(
  harness: string,
  { next = [], ...rest }: Pick<Plugin, 'folder' | 'install' | 'remove'> & Partial<Plugin>,
): Plugin {
  const trust = HOOKS.get(harness)?.setup.next;
  return { ...rest, harness, next: trust === undefined ? next : [trust, ...next] };
}
