import { installService, oneLine, serviceFile, serviceStatus, uninstallService } from '@lalia/client';
import { command } from '../command.ts';
import { serviceState } from '../render/service-state.ts';

export const serviceInstall = command({
  name: 'service install',
  group: 'The daemon',
  summary: 'Have systemd or launchd start the daemon with your session, and again after a crash.',
  args: {},
  flags: { print: { kind: 'switch', summary: 'Only show the file that would be written.' } },
  examples: [{ does: 'See what would be installed', line: 'lalia service install --print' }],
  run: async ({ flags }) => ({
    ...(await (flags.print ? serviceFile() : installService())),
    installed: !flags.print,
  }),
  render: ({ installed, name, path, text }) =>
    installed ? `the service ${name} is installed and started: ${oneLine(path)}\n` : text,
});

export const serviceUninstall = command({
  name: 'service uninstall',
  group: 'The daemon',
  summary: 'Take the service away, and stop it; the next command starts the daemon as before.',
  args: {},
  flags: {},
  examples: [],
  run: () => uninstallService(),
  render: ({ removed, path }) => (removed ? `removed ${oneLine(path)}\n` : 'no service was installed\n'),
});

export const serviceStatusCommand = command({
  name: 'service status',
  group: 'The daemon',
  summary: 'Show whether the daemon is a service, and whether that is up to date and runs.',
  args: {},
  flags: {},
  examples: [],
  run: () => serviceStatus(),
  render: serviceState,
});
