/** The daemon is killed in the middle of requests (spec 6, promises 1 to 4 and 6). */
import { verifies } from '../promises.ts';
import { expectSurvivesCrashAt } from './_crash.ts';

const METHODS = ['tell', 'post', 'read', 'ack'];
const PLACES = ['accepted', 'done', 'answered'];

/** Places where a daemon is killed, with the later hit at which a second one is. */
const POINTS: readonly (readonly [string, number])[] = [
  ...METHODS.flatMap((method) => PLACES.map((place) => [`${method}.${place}`, 3] as const)),
  ['commit.before', 7],
  ['commit.after', 8],
  ['register.done', 2],
  ['register.answered', 2],
];

for (const [failpoint, laterHit] of POINTS) {
  verifies(
    [
      'promise.1.durable',
      'promise.3.idempotent',
      'promise.4.gapless',
      'promise.4.in_order',
      'promise.6.once',
    ],
    `a daemon killed at ${failpoint} loses nothing acknowledged and delivers nothing twice`,
    () => expectSurvivesCrashAt(failpoint, laterHit),
  );
}
