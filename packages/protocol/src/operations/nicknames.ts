/** Operations about nicknames: names that the person gives to agents, for all that happens in this home (spec 5). */
import * as z from 'zod';
import { operation } from './definition.ts';
import { agentRef, name, project, timestampMs } from './shapes.ts';

const nickname = z
  .object({
    nickname: name,
    follows: z
      .string()
      .nullable()
      .describe('The address that is looked up anew at each use; null for one that is bound to an agent.'),
    agent: agentRef
      .nullable()
      .describe('Whom it is bound to, or leads to now; null where what it follows leads nowhere.'),
    stale: z.string().nullable().describe('Why it leads to nobody; null while it leads to somebody.'),
    set_ts: timestampMs,
  })
  .meta({ id: 'Nickname', description: 'A name that the person has given to an agent, or to an address.' });

const place = project.nullable().describe('Whose project a bare name is looked up in first.');

export const nicknameSet = operation({
  name: 'nickname_set',
  summary:
    'Gives an agent a nickname, or an address that is looked up at each use; one that there is already goes over to it.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({
    nickname: name,
    address: z.string().max(512),
    follow: z.literal(true).optional().describe('Keep the address; without it, the agent that it names now.'),
    project: place,
  }),
  result: z.object({ nickname }),
  errors: ['name_taken', 'name_reserved', 'agent_not_found', 'ambiguous_address', 'nickname_stale'],
});

export const nicknames = operation({
  name: 'nicknames',
  summary: 'The nicknames, with whom each leads to now.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({ nickname: name.optional().describe('Only this one.'), project: place }),
  result: z.object({ nicknames: z.array(nickname) }),
  errors: ['nickname_not_found'],
});

export const nicknameDelete = operation({
  name: 'nickname_delete',
  summary: 'Deletes a nickname; the agent that it was for stays.',
  caller: 'anyone',
  blocking: false,
  params: z.strictObject({ nickname: name }),
  result: z.object({ deleted: name }),
  errors: ['nickname_not_found'],
});
