import type { SignedHandler } from '../handler.ts';

export const channels: SignedHandler<'channels'> = ({ store, views }, { caller }) => {
  const mine = store.conversations.channelsOf(caller.agentId).filter((channel) => channel.lastSeq > 0);
  return {
    channels: mine.flatMap((channel) => {
      const seen = views.conversation(channel, caller.agentId);
      if (seen.kind === 'room') return [];
      const unread = store.mailboxes.unreadIn(caller.agentId, channel.conversationId);
      return [{ with: seen.with, unread, last_seq: channel.lastSeq, last_ts: channel.lastMs }];
    }),
  };
};
