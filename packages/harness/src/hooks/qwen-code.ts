/** The hooks of Qwen Code. Facts: the project's harness notes, section 7. */
import { join } from 'node:path';
import type { HookEvent, Hooks, SetupPlace } from '../adapter.ts';
import { qwenCodeWays } from '../wake/ways.ts';
import { beginning, context, groupEntries, keep, notice, report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  SessionStart: beginning('SessionStart'),
  UserPromptSubmit: context('prompt', 'UserPromptSubmit'),
  PostToolUse: context('tool', 'PostToolUse'),
  Stop: keep('block'),
  Notification: notice({ permission_prompt: 'asking', elicitation_dialog: 'asking', idle_prompt: 'idle' }),
  SessionEnd: report('end'),
};

export const qwenCodeHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['session_id'],
  maxBytes: 8000,
  maxKeeps: 7,
  wake: qwenCodeWays,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'entries',
      path: join(folder(place), 'settings.json'),
      base: {},
      entries: groupEntries(EVENTS, command, () => 10_000),
    }),
    // Starting other harnesses and changing hooks stay the person's: what is asked for goes before what is allowed.
    allow: (place) => ({
      kind: 'entries',
      path: join(folder(place), 'settings.json'),
      base: {},
      entries: [
        { list: ['permissions', 'allow'], value: 'Bash(lalia *)' },
        { list: ['permissions', 'ask'], value: 'Bash(lalia run *)' },
        { list: ['permissions', 'ask'], value: 'Bash(lalia hooks *)' },
      ],
    }),
  },
};

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.qwen', home: '.qwen' });
}
