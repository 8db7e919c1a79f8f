/** Where the worker's file is, beside source and bundle alike, and what Node needs to run it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface WorkerFile {
  readonly url: URL;
  readonly execArgv: string[];
}

/** The worker as bundled: seen from the package's entry, from a bundle of the daemon, and from a shared chunk. */
const BUNDLED = ['./journal/worker.cjs', './journal/worker.js', './worker.js', '../journal/worker.js'];

/**
 * Finds the worker that belongs to a module of this package.
 * @param from the module's `import.meta.url`.
 * @throws Error when there is none: the package is incomplete.
 */
export function workerFileOf(from: string): WorkerFile {
  if (from.endsWith('.ts')) {
    // Under type stripping the sibling packages are read from their source as well.
    return { url: new URL('./worker.ts', from), execArgv: ['--conditions=@lalia/source'] };
  }
  const url = BUNDLED.map((path) => new URL(path, from)).find((candidate) =>
    existsSync(fileURLToPath(candidate)),
  );
  if (url === undefined) throw new Error(`The journal's worker is missing beside ${fileURLToPath(from)}.`);
  return { url, execArgv: [] };
}
