/** The plugin for Amp. Facts: the project's harness notes, section 8; it was not run. */
import { join } from 'node:path';
import type { Hooks, SetupPlace } from '../adapter.ts';
import { PLUGIN_EVENTS, pluginHead } from './plugin.ts';

export const ampHooks: Hooks = {
  events: { prompt: PLUGIN_EVENTS.prompt, stop: PLUGIN_EVENTS.stop },
  sessionKeys: ['session_id'],
  maxBytes: 8000,
  // It continues 5 times in a row.
  maxKeeps: 4,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'own',
      path: join(folder(place), 'plugins', 'lalia.ts'),
      text: `// @ts-nocheck\n${pluginHead('amp', command)}${BODY}`,
    }),
  },
};

function folder({ scope, root, env }: SetupPlace): string {
  if (scope === 'project') return join(root, '.amp');
  return join(env['XDG_CONFIG_HOME'] || join(root, '.config'), 'amp');
}

const BODY = `
export default function (amp) {
  const session = (event, context) => event?.thread?.id ?? context?.thread?.id ?? null;
  amp.on('agent.start', async (event, context) => {
    const content = await hook('prompt', session(event, context));
    return content ? { message: { content } } : undefined;
  });
  amp.on('agent.end', async (event, context) => {
    const userMessage = await hook('stop', session(event, context));
    return userMessage ? { action: 'continue', userMessage } : undefined;
  });
}
`;
