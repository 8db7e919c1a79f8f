// Finds the processes that tests started and did not stop. Linux only: elsewhere another process's environment is not readable.

import { readdirSync, readFileSync } from 'node:fs';

const graceMs = 10_000;
const pollMs = 100;

/**
 * Waits a little for the processes that run with `home` in their environment, then ends them.
 * @returns a line for each that had to be ended: its id and its command.
 */
export function endLeftovers(home: string): string[] {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadlineMs = Date.now() + graceMs;
  while (leftovers(home).length > 0 && Date.now() < deadlineMs) Atomics.wait(pause, 0, 0, pollMs);
  return leftovers(home).map(({ pid, command }) => {
    process.kill(pid, 'SIGKILL');
    return `${String(pid)} ${command}`;
  });
}

function leftovers(home: string) {
  return (
    processIds()
      .filter((pid) => pid !== process.pid && read(pid, 'environ').includes(home))
      .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
      // The workers of vitest have the environment as well, and end after us. A zombie has no command line.
      .filter(({ command }) => command !== '' && !command.includes('vitest'))
  );
}

function processIds(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Processes come and go, and some are not ours to read: those are empty. */
function read(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
