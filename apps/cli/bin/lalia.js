#!/usr/bin/env node
// Old-Node-safe syntax only: this file has to parse before it can refuse to run.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 13)) {
  process.stderr.write('lalia needs Node.js 22.13 or newer; this is ' + process.version + '.\n');
  process.exit(1);
}
var module = process.getBuiltinModule('node:module');
module.enableCompileCache();
// Not `import()`: that would read a CommonJS file twice, the first time in search of the names that it exports.
var load = module.createRequire(import.meta.url);

// The message loop has a driver that loads in a few milliseconds; it leaves to the other one what it does not take.
var fast = ['tell', 'ask', 'reply', 'read', 'read-any', 'peek', 'post'];
var argv = process.argv.slice(2);
var full = () => load('../dist/oclif.cjs').main(argv);
var quick = () =>
  load('../dist/fast.cjs')
    .main(argv)
    .then((code) => (code === undefined ? full() : code));
// What the shells ask while somebody types.
var complete = () => load('../dist/complete.cjs').main(argv);
var usual = fast.indexOf(argv[0]) === -1 ? full : quick;
if (argv[0] === 'hook' && (argv[2] === 'listen' || argv[2] === 'wait')) {
  // Beside a session, as long as that lasts.
  load('../dist/listen.cjs').main(argv.slice(1));
} else if (argv[0] === 'hook') {
  // Beside every step of a model; it ends the process itself.
  load('../dist/hook.cjs').main(argv.slice(1));
} else {
  (argv[0] === '__complete' ? complete : usual)().then((code) => {
    process.exitCode = code;
  });
}
