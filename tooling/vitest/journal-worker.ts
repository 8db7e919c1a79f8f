// The journal's thread as one file of JavaScript, for the daemons that run inside the process of a test.
//
// From its source each thread would load Node's type stripping anew. That is WebAssembly: 130 ms of processor time, and where it comes
// and goes with threads V8 now and then ends the whole process ("Check failed: jit_page.has_value()", nodejs/node#64500; seen in
// one of about 40 runs of the suite). The programs that people run are bundled and have none.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import type { TestProject } from 'vitest/node';
import { forNode, quick } from '../bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file of the journal's thread. */
    readonly journalWorker: string;
  }
}

/** Bundles the thread as the source is now. */
export default async function bundleJournalWorker(project: TestProject) {
  const outDir = mkdtempSync(join(tmpdir(), 'lalia-journal-'));
  await build({
    ...forNode,
    ...quick,
    config: false,
    entry: { worker: fileURLToPath(new URL('../../packages/store/src/journal/worker.ts', import.meta.url)) },
    outDir,
    noExternal: [/./],
  });
  project.provide('journalWorker', join(outDir, 'worker.cjs'));
  return () => {
    rmSync(outDir, { recursive: true, force: true });
  };
}
