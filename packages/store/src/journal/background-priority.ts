/** The journal never holds up the messages: it takes the processor time that nobody else wants. */
import { readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';

/** Lowers the priority of the thread that calls this. Linux only: elsewhere a thread has no number of its own to name. */
export async function takeLowPriority(): Promise<void> {
  if (process.platform !== 'linux') return;
  // Threads inherit their maker's priority, and the process's pool, which serves the other threads too, is made by its first user.
  await stat('/');
  // `<pid>/task/<tid>`; setpriority(2) takes a thread's number for a process's.
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  if (Number.isInteger(thread)) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
}
