import { command } from '../../command.ts';
import { changedHooks, changeHooks } from '../../hook-changes.ts';
import { HARNESS_ARGUMENT, PROJECT_FLAG } from '../../hook-setup.ts';

export const hooksInstall = command({
  name: 'hooks install',
  group: 'Harnesses',
  summary: 'Have mail appear in the agent’s context by itself, through the hooks of its harness.',
  args: {
    harness: {
      ...HARNESS_ARGUMENT,
      summary: `${HARNESS_ARGUMENT.summary.replace(/all\.$/, 'all that are in use.')}`,
    },
  },
  flags: {
    project: PROJECT_FLAG,
    allow: {
      kind: 'switch',
      summary: 'Also let agents run harmless lalia commands unasked, and out of the sandbox.',
    },
    'dry-run': { kind: 'switch', summary: 'Show what would change, and change nothing.' },
  },
  examples: [
    { does: 'See what it would write for Claude Code', line: 'lalia hooks install claude-code --dry-run' },
    {
      does: 'Codex, with the rule that lets lalia out of its sandbox',
      line: 'lalia hooks install codex --allow',
    },
  ],
  run: ({ args, flags, session }) =>
    changeHooks({ direction: 'install', harness: args.harness, ...flags, dryRun: flags['dry-run'] }, session),
  render: changedHooks,
});
