// Takes the place of packages/store/src/journal/worker-file.ts in tests.

import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import type { WorkerFile } from '../../packages/store/src/journal/worker-file.ts';

export function workerFileOf(): WorkerFile {
  return { url: pathToFileURL(inject('journalWorker')), execArgv: [] };
}
