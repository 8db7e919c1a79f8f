/** Processes that outlive the harness that started them: in sessions of their own, or taken over by the system. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends every process that was started for a home of Lalia, which is nobody else's: its environment says so. Where the system does not show environments,
 * only the harness's own group was ended.
 */
export function endAllOf(home: string): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !isOf(home, pid)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function isOf(home: string, pid: number): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1')
      .split('\0')
      .includes(`LALIA_HOME=${home}`);
  } catch {
    // Ended meanwhile, or somebody else's.
    return false;
  }
}
