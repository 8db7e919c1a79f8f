/** Conversations with their signatures, as the transcript has them: for exports. */
import type { ConversationTarget, Result } from '@lalia/protocol';
import type { CallOptions, SignedCaller } from './signed-caller.ts';

const PAGE = 500;

/** A message as the transcript has it; its body is null where only the transcript has that. */
export type KeptMessage = Result<'transcript'>['messages'][number];

/** All messages of a conversation, in its order, up to the last of that moment. */
export async function* exactMessages(
  caller: SignedCaller,
  target: ConversationTarget,
  options: CallOptions,
): AsyncGenerator<KeptMessage, undefined> {
  let more = true;
  for (let sinceSeq = 0; more; ) {
    const page = await caller.call('transcript', { target, since_seq: sinceSeq, limit: PAGE }, options);
    for (const message of page.messages) {
      sinceSeq = message.seq;
      yield message;
    }
    more = page.more;
  }
}
