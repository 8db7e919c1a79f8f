import { captureSession, suggestName } from '@lalia/client';
import { command } from '../command.ts';
import { ROLES } from '../roles.ts';

export const suggestNameCommand = command({
  name: 'suggest-name',
  group: 'Who is who',
  summary: 'Print the name that register would take here.',
  args: {},
  flags: { role: { kind: 'choice', options: ROLES, summary: 'The role it is for.' } },
  examples: [],
  run: ({ flags }) => Promise.resolve({ name: suggestName(captureSession(), flags.role ?? 'peer') }),
  render: ({ name }) => `${name}\n`,
});
