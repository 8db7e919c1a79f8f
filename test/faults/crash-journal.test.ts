/** The daemon is killed while it writes the transcript (spec 6, promise 6; spec 7). */
import { verifies } from '../promises.ts';
import { expectSurvivesCrashAt } from './_crash.ts';

/** Places where a daemon is killed, with the later hit at which a second one is. */
const POINTS: readonly (readonly [string, number])[] = [
  ['journal.objects_written', 3],
  ['journal.ref_updated', 2],
  ['journal.worktree_written', 3],
  ['journal.index_written', 4],
  ['journal.before_done', 2],
  ['journal.after_done', 3],
];

for (const [failpoint, laterHit] of POINTS) {
  verifies(
    ['promise.6.once', 'promise.6.retried', 'promise.6.ordinary_git', 'promise.1.durable'],
    `a daemon killed at ${failpoint} completes the transcript after its restart, each message once`,
    () => expectSurvivesCrashAt(failpoint, laterHit),
  );
}
