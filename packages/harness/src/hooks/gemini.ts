/** The hooks of Gemini CLI. Facts: the project's harness notes, section 4. */
import { join } from 'node:path';
import type { HookEvent, Hooks, SetupPlace } from '../adapter.ts';
import { beginning, context, groupEntries, keep, notice, report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  SessionStart: beginning('SessionStart'),
  BeforeAgent: context('prompt', 'BeforeAgent'),
  AfterTool: context('tool', 'AfterTool'),
  AfterAgent: keep('deny'),
  Notification: notice({ ToolPermission: 'asking' }),
  SessionEnd: report('end'),
};

export const geminiHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['session_id'],
  maxBytes: 8000,
  // Its `stop_hook_active` stays false, and it has no cap but its loop detection.
  maxKeeps: 7,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'entries',
      path: join(folder(place), 'settings.json'),
      base: {},
      entries: groupEntries(EVENTS, command, () => 10_000),
    }),
  },
};

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.gemini', home: '.gemini' });
}
