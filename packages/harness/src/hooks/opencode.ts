/** The plugin for opencode, which runs no commands as hooks. Facts: the project's harness notes, section 5. */
import { join } from 'node:path';
import type { Hooks, SetupPlace } from '../adapter.ts';
import { listenPart, PLUGIN_EVENTS, pluginHead } from './plugin.ts';

export const opencodeHooks: Hooks = {
  events: PLUGIN_EVENTS,
  sessionKeys: ['session_id'],
  maxBytes: 8000,
  maxKeeps: 7,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'own',
      path: join(folder(place), 'plugins', 'lalia.js'),
      text: pluginHead('opencode', command) + listenPart(command) + BODY,
    }),
  },
};

function folder({ scope, root, env }: SetupPlace): string {
  if (scope === 'project') return join(root, '.opencode');
  return join(env['XDG_CONFIG_HOME'] || join(root, '.config'), 'opencode');
}

const BODY = `
export const Lalia = async ({ client }) => {
  // A session with a parent is a subagent's: the main agent's mail is not for it.
  const subagents = new Set();
  const mail = (event, session) => (subagents.has(session) ? '' : hook(event, session));
  const say = (session, text) =>
    client.session.promptAsync({ path: { id: session }, body: { parts: [{ type: 'text', text }] } });
  return {
    'shell.env': async ({ sessionID }, output) => {
      if (sessionID) output.env.LALIA_SESSION = sessionID;
    },
    'chat.message': async ({ sessionID }, output) => {
      const text = await mail('prompt', sessionID);
      const part = output.parts.find(({ type }) => type === 'text');
      if (text && part) part.text += '\\n\\n' + text;
    },
    'tool.execute.after': async ({ sessionID }, output) => {
      const text = await mail('tool', sessionID);
      if (text) output.output += '\\n\\n' + text;
    },
    event: async ({ event: { type, properties } }) => {
      if (type === 'session.created') {
        if (properties.info.parentID) subagents.add(properties.info.id);
        else await mail('start', properties.info.id);
      } else if (type === 'permission.asked') {
        await mail('asking', properties.sessionID);
      } else if (type === 'session.deleted') {
        if (!subagents.delete(properties.info.id)) await mail('end', properties.info.id);
      } else if (type === 'session.idle') {
        const session = properties.sessionID;
        if (subagents.has(session)) return;
        const text = await mail('stop', session);
        if (text) await say(session, text);
        else listen(session, (line) => say(session, line));
      }
    },
  };
};
`;
