/** A sign of life of a command that waits, for harnesses that end one that says nothing. */

/**
 * Says from time to time that the command still waits, until it is disposed of; it keeps no process alive.
 * @param everyMs milliseconds.
 */
export function heartbeat(everyMs: number, say: (text: string) => void): Disposable {
  const timer = setInterval(() => {
    say('still waiting');
  }, everyMs);
  timer.unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
