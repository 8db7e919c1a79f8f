/** The hooks of Cursor's CLI. Facts: the project's harness notes, section 6. An event of an unknown name would void the file. */
import { join } from 'node:path';
import type { HookEvent, Hooks, SetupPlace } from '../adapter.ts';
import { report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  sessionStart: { at: 'start', give: (text) => ({ additional_context: text }) },
  beforeSubmitPrompt: report('prompt'),
  postToolUse: { at: 'tool', give: (text) => ({ additional_context: text }) },
  stop: {
    // After anything else it takes no next message.
    at: ({ status }) => (status === undefined || status === 'completed' ? 'stop' : 'idle'),
    give: (text) => ({ followup_message: text }),
  },
  sessionEnd: report('end'),
};

export const cursorHooks: Hooks = {
  events: EVENTS,
  // `stop` has no `session_id`.
  sessionKeys: ['conversation_id', 'session_id'],
  maxBytes: 8000,
  // Its `loop_limit` is 5.
  maxKeeps: 4,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'entries',
      path: join(folder(place), 'hooks.json'),
      base: { version: 1 },
      entries: Object.keys(EVENTS).map((event) => ({
        list: ['hooks', event],
        value: { command: command(event), timeout: 10 },
      })),
    }),
    allow: (place) =>
      place.scope === 'project'
        ? undefined
        : {
            kind: 'entries',
            path: join(folder(place), 'cli-config.json'),
            base: {},
            entries: [{ list: ['permissions', 'allow'], value: 'Shell(lalia)' }],
          },
  },
};

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.cursor', home: '.cursor' });
}
