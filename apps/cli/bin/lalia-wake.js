#!/usr/bin/env node
// Run by the daemon, with its own Node: see packages/harness/src/wake.
import('../dist/wake.cjs').then((program) => program.main(process.argv.slice(2)));
