// A program that starts like the daemon and does nothing else: for what happens around a start.
// FAKE_MODE says how it goes; every serving start leaves a line in <home>/starts.
import { appendFileSync, closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const home = process.env.LALIA_HOME;
const lock = join(home, 'fake.lock');
const say = (text) => {
  writeSync(1, text);
  closeSync(1);
  openSync('/dev/null', 'w');
};

// Every start counts here, also of those that find another one serving.
if (home) appendFileSync(join(home, 'spawned'), '.');

const modes = { serve, error, crash, silent, garbage };
modes[process.env.FAKE_MODE ?? 'serve']();

function serve() {
  try {
    writeFileSync(lock, '', { flag: 'wx' });
  } catch {
    say('{"ready":false,"running":true}\n');
    return;
  }
  appendFileSync(join(home, 'starts'), `${process.argv.slice(2).join(' ')} ${process.cwd()}\n`);
  const connections = new Set();
  const server = createServer((socket) => {
    connections.add(socket);
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) answer(socket, JSON.parse(line));
    });
  });
  const end = () => {
    server.close();
    rmSync(join(home, 'sock'), { force: true });
    rmSync(lock);
    for (const socket of connections) socket.end();
  };
  process.on('SIGTERM', end);
  const major = Number(process.env.FAKE_MAJOR ?? 1);
  const answer = (socket, { id, method, params }) => {
    const send = (body) => socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
    const refuse = (reason) => {
      const data = { code: 4, reason, message: reason, retry_hint: 'hint', context: {} };
      send({ error: { code: -32004, message: reason, data } });
    };
    if (method === 'hello' && params.protocol.major !== major) refuse('unsupported_protocol');
    else if (major !== 1) refuse('bad_frame');
    else if (method === 'hello')
      send({
        result: {
          version: process.env.FAKE_VERSION ?? '99.0.0',
          protocol: { major, minor: 0 },
          pid: process.pid,
          now: Date.now(),
        },
      });
    else send({ result: { pid: process.pid, backlog: 0, reason: params.reason ?? null } });
    if (method === 'stop') setImmediate(end);
  };
  server.listen(join(home, 'temp'), () => {
    renameSync(join(home, 'temp'), join(home, 'sock'));
    writeFileSync(join(home, 'pid'), `${process.pid}\n`);
    process.stderr.write('serving\n');
    say(`{"ready":true,"pid":${process.pid}}\n`);
  });
}

function error() {
  say(
    `${JSON.stringify({ error: { code: 1, reason: 'database_newer', message: 'Too new.', retry_hint: 'Update.', context: { a: 1 } } })}\n`,
  );
  process.exitCode = 1;
}

function crash() {
  process.stderr.write('Error: something is broken\n    at nowhere\n');
  process.exitCode = 3;
}

function silent() {
  process.exitCode = 0;
}

function garbage() {
  say('hello there\n');
}
