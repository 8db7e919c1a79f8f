import { fail } from '@lalia/client';
import { command } from '../command.ts';
import { registered } from '../render/registered.ts';
import { ROLES } from '../roles.ts';

export const register = command({
  name: 'register',
  group: 'Who is who',
  summary: 'Make an identity for this session, or take up the one of that name again.',
  args: {},
  flags: {
    name: { kind: 'text', value: 'NAME', summary: 'Without it LALIA_NAME, else a suggested one.' },
    role: {
      kind: 'choice',
      options: ROLES,
      summary: 'What it does among the agents; peer, if nothing is said.',
    },
    harness: { kind: 'text', value: 'NAME', summary: 'The harness, where it is not recognised.' },
    model: { kind: 'text', value: 'NAME', summary: 'The model, where it is not known.' },
    project: { kind: 'text', value: 'NAME', summary: 'The project; without it that of the repository.' },
    takeover: { kind: 'switch', summary: 'Also when the name is in use by a session that is still alive.' },
  },
  surplus: 'name',
  examples: [
    { does: 'Register under the suggested name', line: 'lalia register' },
    { does: 'Register as a worker', line: 'lalia register --name codex --role worker' },
  ],
  run: async ({ flags, session }) => {
    if (session.as !== undefined && flags.name !== undefined) {
      throw fail('invalid_params', 'The name is given twice.', { hint: 'Say --name NAME.' });
    }
    const { name = session.as, role, harness, model, project, takeover } = flags;
    const client = await session.client();
    const { agent, created, leaseUntil } = await client.register({
      name,
      role,
      harness,
      model,
      project,
      takeover,
    });
    return { agent: agent.info, created, lease_until: leaseUntil };
  },
  render: registered,
});
