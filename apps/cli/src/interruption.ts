/** Ctrl-C, or a harness whose patience is over, while a command waits: it ends as any program does, after a last word. */
import { note } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * From now on a signal makes this process say something on standard error and end by that signal.
 * @param words what to say then, if anything.
 * @returns what ends this, when there is nothing to be said any more.
 */
export function whenInterrupted(words: () => string | undefined): Disposable {
  const handlers = SIGNALS.map((signal) => {
    const end = (): void => {
      stop();
      // By the same signal, so that the shell, or whoever sent it, sees that it has worked.
      const go = (): unknown => process.kill(process.pid, signal);
      const text = words();
      if (text === undefined) go();
      else note(text, go);
    };
    process.once(signal, end);
    return { signal, end };
  });
  const stop = (): void => {
    for (const { signal, end } of handlers) process.removeListener(signal, end);
  };
  return { [Symbol.dispose]: stop };
}

/**
 * Does something that has to clean up: a signal, Ctrl-C or a terminal that closes, only aborts it, and when it is through this process ends by that
 * signal. Whoever is impatient has to use SIGKILL.
 */
export async function cleanedUp<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let by: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => {
    by ??= signal;
    over.abort();
  };
  const signals = [...SIGNALS, 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    return await work(over.signal);
  } finally {
    for (const signal of signals) process.removeListener(signal, end);
    if (by !== undefined) process.kill(process.pid, by);
  }
}
