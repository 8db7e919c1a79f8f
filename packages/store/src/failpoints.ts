/**
 * Places where a test kills the process, to prove that a crash there loses nothing. A spec such as
 * `journal.ref_updated:3,journal.before_done` kills at the third hit of the one and the first of the other.
 */

export type Failpoint = (name: string) => void;

/**
 * Reads a failpoint spec: `name[:n][,…]`.
 * @returns the function to call at each named place; the process ends in it, as by `kill -9`, at the n-th hit.
 * @throws TypeError for a spec that is not one.
 */
export function failpointsFrom(spec: string): Failpoint {
  const left = new Map<string, number>();
  for (const part of spec.split(',').filter((text) => text !== '')) {
    const [, name = '', hits = '1'] = /^([a-z_.]+)(?::([1-9]\d*))?$/.exec(part) ?? [];
    if (name === '') throw new TypeError(`Not a failpoint: ${part}`);
    left.set(name, Number(hits));
  }
  if (left.size === 0) return () => undefined;
  return (name) => {
    const hits = left.get(name);
    if (hits === undefined) return;
    left.set(name, hits - 1);
    if (hits === 1) process.kill(process.pid, 'SIGKILL');
  };
}
