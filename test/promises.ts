/**
 * What the spec promises, by id, and how a test says which of it it proves. `promises.test.ts` fails for a promise that
 * no test cites.
 */
import { test } from 'vitest';

/** Each with its place in the spec. */
export const PROMISES = {
  'daemon.one': 'Exactly one daemon runs per home, also when fifty clients start at the same instant (4).',
  'daemon.leftovers': 'A stale socket or pid file after kill -9 is harmless (4).',
  'daemon.stop_finishes':
    'On stop the daemon finishes what it has acknowledged, and flushes the journal (4).',
  'daemon.stop_releases': 'On stop blocked readers are released with `daemon_stopping`, exit 3 (4, 10).',
  'promise.1.durable':
    'Whatever kills the daemon, at any instant, loses nothing acknowledged (6, promise 1).',
  'promise.1.full_disk': 'What cannot be made durable is refused, not acknowledged (6, promise 1).',
  'promise.2.unread_again':
    'A reader killed, cut off or timed out before it acknowledged has not read (6, promise 2).',
  'promise.2.written_out': 'It counts as read after the bytes are written out, not before (6, promise 2).',
  'promise.2.old_place': 'A message that is unread again is in its old place (6, promise 2).',
  'promise.2.redelivered': 'Redelivered messages say so (6, promise 2).',
  'promise.3.idempotent': 'Sending again with the same id changes nothing, for ever (6, promise 3).',
  'promise.4.gapless': 'Every conversation has one gapless sequence (6, promise 4).',
  'promise.4.in_order': 'Every reader sees a conversation in order, each message once (6, promise 4).',
  'promise.5.private': 'Only participants see the content of a channel or a room (6, promise 5).',
  'promise.6.once': 'Every message is in the transcript exactly once, at a path of its own (6, promise 6).',
  'promise.6.retried': 'What could not be committed is kept and retried, across restarts (6, promise 6).',
  'promise.6.backlog': '`lalia status` shows what is not in the transcript yet (6, promise 6).',
  'promise.6.ordinary_git': 'git status is clean and git fsck finds nothing once the backlog is empty (7).',
  'promise.7.without_daemon':
    '`lalia verify` checks any clone of the transcript, without a daemon (6, promise 7).',
  'promise.7.names_faults': '`lalia verify` names edits, gaps, duplicates and forgeries (6, promise 7).',
  'protocol.bounded': 'A line is at most 4 MiB, and a peer that misbehaves harms no other (11).',
  'protocol.ends_with_connection': 'A blocking call ends when its connection does (11).',
} as const satisfies Record<string, string>;

export type PromiseId = keyof typeof PROMISES;

/**
 * A test that proves promises.
 * @param ids which; at least one.
 * @param name the test's own name, a promise in a sentence.
 */
export function verifies(
  ids: readonly [PromiseId, ...PromiseId[]],
  name: string,
  body: () => Promise<void>,
): void {
  test(`${name} [${ids.join(' ')}]`, body);
}
