import { checkName, fail } from '@lalia/client';
import { command } from '../command.ts';
import { nicknameList } from '../render/nickname-list.ts';

export const nickname = command({
  name: 'nickname',
  group: 'Who is who',
  summary: 'Give an agent a name of your own, or list those that you gave.',
  args: {
    nick: { summary: 'The nickname; without it, all are listed.', optional: true, completes: 'nickname' },
    address: {
      summary: 'Whom it is for; without it, the nickname is shown.',
      optional: true,
      completes: 'agent',
    },
  },
  flags: {
    follow: { kind: 'switch', summary: 'Look the address up at each use, not once and for all.' },
    delete: { kind: 'switch', short: 'd', summary: 'Delete the nickname.' },
  },
  examples: [
    { does: 'Call an agent rev', line: 'lalia nickname rev codex@shop' },
    { does: 'Call whoever is on that branch auth', line: 'lalia nickname auth codex@shop:auth --follow' },
    { does: 'Delete a nickname', line: 'lalia nickname -d rev' },
  ],
  run: async ({ args, flags, session }) => {
    check(args, flags);
    const { nick, address } = args;
    if (nick !== undefined) checkName(nick);
    const { nicknames } = await session.client();
    if (nick === undefined) return { nicknames: await nicknames.list() };
    if (flags.delete) {
      await nicknames.delete(nick);
      return { deleted: nick };
    }
    const { follow } = flags;
    const one = await (address === undefined
      ? nicknames.get(nick)
      : nicknames.set(nick, address, { follow }));
    return { nicknames: [one] };
  },
  render: (result) =>
    'deleted' in result ? `deleted the nickname ${result.deleted}\n` : nicknameList(result.nicknames),
});

interface Given {
  readonly nick: string | undefined;
  readonly address: string | undefined;
}

function check(
  { nick, address }: Given,
  flags: { readonly follow: boolean; readonly delete: boolean },
): void {
  const problem =
    (flags.delete && nick === undefined && '--delete needs a nickname.') ||
    (flags.delete && (address !== undefined || flags.follow) && '--delete needs nothing but the nickname.') ||
    (flags.follow && address === undefined && '--follow needs an address.');
  if (problem === false) return;
  throw fail('invalid_params', problem, {
    hint: 'Say `lalia nickname NICK ADDRESS [--follow]`, `lalia nickname [NICK]` or `lalia nickname -d NICK`.',
  });
}
