/** The version of every package of this repository; they are released together. */
export const VERSION = '0.1.0';

/**
 * The version of the socket protocol. A peer with another major version is told plainly that it cannot be served;
 * a minor version only ever adds.
 */
export const PROTOCOL_VERSION = { major: 1, minor: 0 } as const;

/**
 * Compares two `major.minor.patch` versions; what follows a `-` or `+` is ignored.
 * @returns a negative number when `a` is older, 0 when they are equal, a positive number when `a` is newer.
 */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  const [core = ''] = version.split(/[-+]/, 1);
  return core.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
