import { fail, isLaliaError, isUlid, type Nickname } from '@lalia/protocol';
import type { NicknameRecord } from '@lalia/store';
import type { Context } from '../context.ts';
import { qualified } from '../directory.ts';
import type { OpenHandler } from '../handler.ts';
import { checkReserved } from '../naming.ts';
import { didYouMean, nearest } from '../nearest.ts';

export const nicknameSet: OpenHandler<'nickname_set'> = (context, { params }) => {
  const { store, directory, clock } = context;
  const { nickname, address, follow, project } = params;
  return store.commits.run(() => {
    checkNickname(context, nickname);
    const agent = directory.agent({ address, project });
    if (agent.unregisteredMs !== null) {
      throw fail('agent_not_found', `${agent.name} was unregistered.`, {
        context: { agent_id: agent.agentId },
      });
    }
    if (follow === true && store.nicknames.get(address) !== undefined) {
      throw fail('invalid_params', `${address} is a nickname itself, and cannot be followed.`, {
        hint: `Follow an address: lalia nickname ${nickname} ${qualified(agent)} --follow`,
      });
    }
    const record: NicknameRecord = {
      nickname,
      agentId: follow === true ? null : agent.agentId,
      follows: follow === true ? address : null,
      setMs: clock.nowMs(),
    };
    store.nicknames.put(record);
    return { nickname: view(context, record, project) };
  });
};

export const nicknames: OpenHandler<'nicknames'> = (context, { params }) => {
  const { nickname, project } = params;
  const all = context.store.nicknames.list();
  const found = nickname === undefined ? all : all.filter((record) => record.nickname === nickname);
  if (nickname !== undefined && found.length === 0) throw notFound(context, nickname);
  return { nicknames: found.map((record) => view(context, record, project)) };
};

export const nicknameDelete: OpenHandler<'nickname_delete'> = (context, { params }) =>
  context.store.commits.run(() => {
    if (!context.store.nicknames.remove(params.nickname)) throw notFound(context, params.nickname);
    return { deleted: params.nickname };
  });

/** A nickname is no agent's name, so that it takes nobody's mail. */
function checkNickname({ store, views }: Context, nickname: string): void {
  checkReserved(nickname);
  if (isUlid(nickname)) throw fail('invalid_params', `${nickname} has the form of an id.`);
  const [holder] = store.registry.named(nickname);
  if (holder === undefined) return;
  throw fail('name_taken', `${nickname} is the name of an agent, ${qualified(holder)}.`, {
    context: { agent: views.agentRef(holder) },
    hint: 'Choose another nickname.',
  });
}

function view(
  { store, directory, views }: Context,
  record: NicknameRecord,
  project: string | null,
): Nickname {
  const { nickname, agentId, follows, setMs } = record;
  const facts = { nickname, follows, set_ts: setMs };
  try {
    return { ...facts, agent: views.agentRef(directory.followed(record, project)), stale: null };
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    const bound = agentId === null ? undefined : store.registry.get(agentId);
    return { ...facts, agent: bound === undefined ? null : views.agentRef(bound), stale: error.message };
  }
}

function notFound({ store }: Context, nickname: string): Error {
  const suggestions = nearest(
    nickname,
    store.nicknames.list().map((one) => ({ name: one.nickname, label: one.nickname, rank: 0 })),
  );
  const hint = didYouMean(suggestions);
  return fail('nickname_not_found', `There is no nickname ${nickname}.`, {
    context: { nickname, suggestions },
    ...(hint === undefined ? {} : { hint }),
  });
}
