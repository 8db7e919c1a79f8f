import { fail } from '@lalia/client';
import { ADAPTERS, type HarnessAdapter, launch } from '@lalia/harness';
import { command, type FlagSpec } from '../command.ts';
import { environment } from '../environment.ts';
import { hooksForLaunch } from '../hook-setup.ts';
import { rolePrompt } from '../prompts/role-prompt.ts';
import { ROLES } from '../roles.ts';
import { roleOf } from './prompt.ts';

export const run = command({
  name: 'run',
  group: 'Harnesses',
  summary: 'Start a harness as an agent with its role; this process becomes the harness.',
  args: {
    role: { summary: 'One of peer, worker, supervisor.', suggests: ROLES },
    args: {
      summary: 'What the harness is given besides, after --.',
      optional: true,
      many: true,
      afterDashes: true,
    },
  },
  flags: {
    ...harnessFlags(),
    name: { kind: 'text', value: 'NAME', summary: 'Without it LALIA_NAME, else a suggested one.' },
    'no-hooks': {
      kind: 'switch',
      summary: 'Bring no hooks along: without them mail does not come by itself.',
    },
    force: {
      kind: 'switch',
      summary: 'Add the role to a file of yours, where the harness has no other way; a copy is kept.',
    },
  },
  examples: [
    {
      does: 'A worker in Codex, with a model of your choice',
      line: 'lalia run worker --codex -- --model gpt-5',
    },
    { does: 'A second peer in Claude Code', line: 'lalia run peer --claude-code --name reviewer' },
  ],
  run: async ({ args, flags, session }) => {
    const role = roleOf(args.role);
    const adapter = chosen(flags);
    if (session.as !== undefined && flags.name !== undefined) {
      throw fail('invalid_params', 'The name is given twice.', { hint: 'Say --name NAME.' });
    }
    const code = await launch(
      {
        adapter,
        role,
        prompt: rolePrompt(role),
        name: flags.name ?? session.as,
        args: args.args,
        force: flags.force,
        env: environment(),
        cwd: process.cwd(),
        hooks: flags['no-hooks'] ? undefined : hooksForLaunch(adapter.id),
        onWord: (word) => {
          session.note(word);
        },
        onBackup: (path) => {
          session.note(`a copy of the file as it was: ${path}`);
        },
      },
      () => session.client(),
    );
    session.exitWith(code);
    return undefined;
  },
  // All output is the harness's.
  render: () => '',
});

type HarnessFlags = Readonly<Record<string, FlagSpec & { readonly kind: 'switch' }>>;

function harnessFlags(): HarnessFlags {
  return Object.fromEntries(
    ADAPTERS.map(({ flag, title }) => [flag, { kind: 'switch', summary: `${title}.` } as const]),
  );
}

/** @throws LaliaError `invalid_params` unless exactly one is chosen. */
function chosen(flags: Readonly<Record<string, unknown>>): HarnessAdapter {
  const [adapter, other] = ADAPTERS.filter(({ flag }) => flags[flag] === true);
  const names = ADAPTERS.map(({ flag }) => `--${flag}`).join(', ');
  if (adapter === undefined) {
    throw fail('invalid_params', 'No harness is chosen.', { hint: `Say one of ${names}.` });
  }
  if (other !== undefined) {
    throw fail('invalid_params', `Two harnesses are chosen: ${adapter.title} and ${other.title}.`, {
      hint: 'Each is an agent of its own: run one in each terminal.',
    });
  }
  return adapter;
}
