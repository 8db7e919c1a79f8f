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

/** The beginning of a plugin: what it is, and `hook(event, session)`, which gives a text or none, and never throws. */
export function pluginHead(harness: string, command: (event: string) => string): string {
  return `// Lalia ${VERSION}. Written by \`lalia hooks install ${harness}\`; \`lalia hooks uninstall ${harness}\` removes it.
import { spawn } from 'node:child_process';

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
