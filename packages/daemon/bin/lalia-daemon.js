#!/usr/bin/env node
// Old-Node-safe syntax only: this file has to parse before it can refuse to run.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 13)) {
  process.stderr.write('lalia-daemon needs Node.js 22.13 or newer; this is ' + process.version + '.\n');
  process.exit(1);
}
require('node:module').enableCompileCache();
require('../dist/main.cjs');
