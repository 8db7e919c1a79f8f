/** Who I am, and who else there is. */
import { OPERATIONS } from '@lalia/protocol/operations';
import * as z from 'zod';
import { answer } from '../answer.ts';
import { LOOKS, SENDS, tool } from './tool.ts';

const { register: registering, agents: listing } = OPERATIONS;

export const register = tool({
  name: 'register',
  description:
    'Gives this session its identity, once; the same name in the same project is the same agent again, with its mail. Not needed where another tool already knows who you are.',
  input: z.object({
    name: z
      .string()
      .optional()
      .describe('Default: LALIA_NAME, else a name made of harness, role and worktree.'),
    role: z.enum(registering.params.shape.role.unwrap().options).optional(),
    model: z.string().optional(),
  }),
  output: registering.result.pick({ created: true, agent: true }),
  annotations: SENDS,
  run: async ({ name, role, model }, { desk, context }) => {
    const { agent, created } = await desk.client.register({
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(model === undefined ? {} : { model }),
      signal: context.mcpReq.signal,
    });
    desk.is(agent);
    return answer({ created, agent: agent.info });
  },
});

export const agents = tool({
  name: 'agents',
  description:
    'The agents of this machine: role, branch, harness, whether each is listening, live or away, and how much it has not read. `you` is your own id.',
  input: z.object({ all: z.boolean().optional().describe('Also those that were unregistered.') }),
  output: listing.result.pick({ agents: true }).extend({ you: z.string().nullable() }),
  annotations: LOOKS,
  run: async ({ all }, { desk, context }) => {
    const { signal } = context.mcpReq;
    const { agents: list } = await desk.client.call('agents', all === true ? { all } : {}, { signal });
    const you = await desk.anyAgent(context);
    return answer({ agents: list, you: you?.id ?? null });
  },
});
