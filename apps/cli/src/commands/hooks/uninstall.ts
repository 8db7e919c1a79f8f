import { command } from '../../command.ts';
import { changedHooks, changeHooks } from '../../hook-changes.ts';
import { HARNESS_ARGUMENT, PROJECT_FLAG } from '../../hook-setup.ts';

export const hooksUninstall = command({
  name: 'hooks uninstall',
  group: 'Harnesses',
  summary: 'Take out exactly what hooks install put in.',
  args: { harness: HARNESS_ARGUMENT },
  flags: {
    project: PROJECT_FLAG,
    'dry-run': { kind: 'switch', summary: 'Show what would change, and change nothing.' },
  },
  examples: [{ does: 'Out of all of them', line: 'lalia hooks uninstall' }],
  run: ({ args, flags, session }) =>
    changeHooks(
      { direction: 'uninstall', harness: args.harness, ...flags, allow: false, dryRun: flags['dry-run'] },
      session,
    ),
  render: changedHooks,
});
