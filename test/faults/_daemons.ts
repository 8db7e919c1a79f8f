/** The daemons of a home, as the system and the log know them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomes, type Lalia } from '@lalia/testkit';

interface Process {
  readonly pid: number;
  readonly command: string;
  readonly environment: string;
}

/** The processes that serve a home, or are about to, or have just done so. */
export function daemonsOf({ home }: Lalia): number[] {
  return processes()
    .filter(({ command }) => /lalia-daemon\.js.serve/.test(command))
    .filter(({ environment }) => /(?:^|[\0 ])LALIA_HOME=([^\0 ]*)/.exec(environment)?.[1] === home)
    .map(({ pid }) => pid);
}

/** Collects every daemon that there is of a home while something goes on. */
export async function daemonsDuring(lalia: Lalia, work: Promise<unknown>): Promise<Set<number>> {
  const seen = new Set<number>();
  const looking = new AbortController();
  const over = work.finally(() => {
    looking.abort();
  });
  await becomes(() => {
    for (const pid of daemonsOf(lalia)) seen.add(pid);
    return looking.signal.aborted;
  });
  await over;
  return seen;
}

export interface LogEvent {
  readonly pid: number;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** What the daemons of a home wrote into their log, in order. */
export function logOf({ home }: Lalia): LogEvent[] {
  const file = join(home, 'daemon.log');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogEvent);
}

/**
 * The daemons that served, in order.
 * @param killed those that had no time to say that they stopped.
 * @throws an error when one began before the one before it had stopped.
 */
export function servedInTurn(lalia: Lalia, ...killed: readonly (number | undefined)[]): number[] {
  const served: number[] = [];
  let serving: number | undefined;
  for (const { event, pid } of logOf(lalia)) {
    if (event === 'stopped') serving = undefined;
    if (event !== 'serving') continue;
    if (serving !== undefined && !killed.includes(serving)) {
      throw new Error(`${String(pid)} began to serve while ${String(serving)} did`);
    }
    serving = pid;
    served.push(pid);
  }
  return served;
}

function processes(): Process[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      command: readProc(`/proc/${pid}/cmdline`),
      environment: readProc(`/proc/${pid}/environ`),
    }));
}

/** Processes come and go while they are looked at; a zombie has neither command line nor environment. */
function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line, environment: line }));
}
