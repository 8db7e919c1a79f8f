#!/usr/bin/env node
// Old-Node-safe syntax only: this file has to parse before it can refuse to run.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 13)) {
  process.stderr.write('lalia needs Node.js 22.13 or newer; this is ' + process.version + '.\n');
  process.exit(1);
}
require('node:module').enableCompileCache();

// The message loop has a driver that loads in a few milliseconds; it leaves to the other one what it does not take.
var fast = ['tell', 'ask', 'reply', 'read', 'read-any', 'peek', 'post'];
var argv = process.argv.slice(2);
var full = () => require('../dist/oclif.cjs').main(argv);
var quick = () =>
  require('../dist/fast.cjs')
    .main(argv)
    .then((code) => (code === undefined ? full() : code));
// What the shells ask while somebody types.
var complete = () => require('../dist/complete.cjs').main(argv);
var usual = fast.indexOf(argv[0]) === -1 ? full : quick;
if (argv[0] === 'hook' && (argv[2] === 'listen' || argv[2] === 'wait')) {
  // Beside a session, as long as that lasts.
  require('../dist/listen.cjs').main(argv.slice(1));
} else if (argv[0] === 'hook') {
  // Beside every step of a model; it ends the process itself.
  require('../dist/hook.cjs').main(argv.slice(1));
} else {
  (argv[0] === '__complete' ? complete : usual)().then((code) => {
    process.exitCode = code;
  });
}
