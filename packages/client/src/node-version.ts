/** The Node.js that Lalia runs on. Package managers only warn, and an older one would fail later, in the middle of something. */
import { compareVersions, fail } from '@lalia/protocol';

const NEEDED = '22.13.0';

/** @throws LaliaError `unavailable` under a Node.js that is too old. */
export function checkNode(version: string = process.versions.node): void {
  if (compareVersions(version, NEEDED) >= 0) return;
  throw fail('unavailable', `Lalia needs Node.js 22.13 or newer; this process runs on ${version}.`, {
    context: { needed: NEEDED, version },
    hint: 'Run this program with a newer Node.js.',
  });
}
