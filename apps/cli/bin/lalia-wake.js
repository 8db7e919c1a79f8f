#!/usr/bin/env node
// Run by the daemon, with its own Node: see packages/harness/src/wake.
require('../dist/wake.cjs').main(process.argv.slice(2));
