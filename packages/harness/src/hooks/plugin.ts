/** What the plugins of harnesses without command hooks have in common: they run `lalia hook` and put its text where it belongs. */
import { VERSION } from '@lalia/protocol';
import type { HookEvent, Moment } from '../adapter.ts';

/** The moments of a plugin are the names of its events; the text goes to the plugin, not to the model. */
export const PLUGIN_EVENTS = {
  start: { at: 'start' },
  prompt: given('prompt'),
  tool: given('tool'),
  stop: given('stop'),
  asking: { at: 'asking' },
  end: { at: 'end' },
} as const satisfies Readonly<Record<string, HookEvent>>;

function given(at: Moment): HookEvent {
  return { at, give: (text) => ({ text }) };
}

/** What the texts below need before them. */
export const PLUGIN_IMPORTS = "import { spawn } from 'node:child_process';";

/** The beginning of a plugin: what it is, and `hook(event, session)`, which gives a text or none, and never throws. */
export function pluginHead(harness: string, command: (event: string) => string): string {
  return `// Lalia ${VERSION}, made by \`lalia hooks install ${harness}\` or \`lalia plugin\`; not to be edited.
${PLUGIN_IMPORTS}

const COMMAND = ${JSON.stringify(command('EVENT'))};

/** Runs the hook of an event. Whatever goes wrong, there is no mail. */
function hook(event, session) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn('/bin/sh', ['-c', COMMAND.replace(/EVENT$/, event)], { stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill(), 10_000);
    child.on('error', () => resolve(''));
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('close', () => {
      clearTimeout(timer);
      try {
        resolve(output === '' ? '' : JSON.parse(output).text);
      } catch {
        resolve('');
      }
    });
    child.stdin.end(JSON.stringify({ session_id: session }));
  });
}
`;
}

/** How a plugin hears that a session is to be woken: `listen(session, wake)`, one process a session for as long as the harness runs. */
export function listenPart(command: (event: string) => string): string {
  return `
const LISTEN = ${JSON.stringify(`${command('listen')} "$1"`)};
const listeners = new Set();

/** Has each line of the listener wake the session. Where it ends, it is begun anew when the session is idle the next time. */
function listen(session, wake) {
  if (listeners.has(session)) return;
  listeners.add(session);
  const child = spawn('/bin/sh', ['-c', LISTEN, 'sh', session], { stdio: ['ignore', 'pipe', 'ignore'] });
  const end = () => child.kill();
  process.once('exit', end);
  const done = () => {
    process.removeListener('exit', end);
    listeners.delete(session);
  };
  let rest = '';
  child.on('error', done);
  child.on('close', done);
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n');
    rest = lines.pop();
    for (const line of lines) Promise.resolve(wake(line)).catch(() => undefined);
  });
}
`;
}
