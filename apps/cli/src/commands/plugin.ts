import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '@lalia/client';
import { PLUGINS, type Plugin, pluginFiles } from '@lalia/harness';
import { command } from '../command.ts';
import { skillText } from '../prompts/skill.ts';
import { shellWord } from '../render/names.ts';

interface Plugins {
  readonly folder: string;
  readonly plugins: readonly {
    readonly harness: string;
    readonly folder: string;
    readonly install: readonly string[];
    readonly next: readonly string[];
  }[];
}

export const plugin = command({
  name: 'plugin',
  group: 'Harnesses',
  summary: 'Say how the plugin of a harness is installed: hooks, skill, tools and waking in one.',
  args: {
    harness: {
      summary: `One of ${PLUGINS.map(({ harness }) => harness).join(', ')}; without it all.`,
      suggests: PLUGINS.map(({ harness }) => harness),
      optional: true,
    },
  },
  flags: {
    out: {
      kind: 'text',
      value: 'FOLDER',
      completes: 'folder',
      summary: 'Write the plugins there, into a folder that is not there yet or empty.',
    },
  },
  examples: [{ does: 'For Claude Code', line: 'lalia plugin claude-code' }],
  run: ({ args, flags }) => {
    const chosen = args.harness === undefined ? PLUGINS : [pluginOf(args.harness)];
    const folder = flags.out === undefined ? OWN_FOLDER : resolve(flags.out);
    if (flags.out !== undefined) write(folder);
    return Promise.resolve(shown(folder, chosen));
  },
  render,
});

/** Written when the package was built. */
const OWN_FOLDER = fileURLToPath(new URL('plugins', import.meta.url));

/** @throws LaliaError `invalid_params` for a harness that there is no plugin for. */
function pluginOf(word: string): Plugin {
  const found = PLUGINS.find(({ harness }) => harness === word);
  if (found !== undefined) return found;
  throw fail('invalid_params', `There is no plugin for "${word.slice(0, 40)}".`, {
    hint: `There are plugins for ${PLUGINS.map(({ harness }) => harness).join(', ')}; others take \`lalia hooks install\`.`,
  });
}

function shown(folder: string, plugins: readonly Plugin[]): Plugins {
  return {
    folder,
    plugins: plugins.map(({ harness, install, next, ...own }) => ({
      harness,
      folder: join(folder, own.folder),
      install: [...install(shellWord(folder))],
      next: [...next],
    })),
  };
}

/** @throws LaliaError `path_in_use` where something is, `invalid_params` where nothing can be written. */
function write(folder: string): void {
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw fail('path_in_use', `There is something in ${folder} already.`, {
        hint: 'Choose another folder, or remove this one.',
        context: { folder },
      });
    }
    for (const { path, text } of pluginFiles(skillText())) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { flag: 'wx' });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || typeof code !== 'string') throw error;
    throw fail('invalid_params', `${folder} cannot be written (${code}).`, {
      hint: 'Choose a folder that is yours.',
      context: { folder, code },
      cause: error,
    });
  }
}

function render({ plugins }: Plugins): string {
  const parts = plugins.map(({ harness, install, next }) =>
    [`# ${harness}`, ...install, ...next.map((line) => `# ${line}`)].join('\n'),
  );
  return `${parts.join('\n\n')}\n`;
}
