/** The hooks of Claude Code. Facts: the project's harness notes, sections 1.2 and 1.7. */
import { join } from 'node:path';
import type { Environment } from '@lalia/client';
import type { HookEvent, Hooks, SetupPlace, WantedEntry } from '../adapter.ts';
import { claudeCodeWays } from '../wake/ways.ts';
import { beginning, context, groupEntries, notice, report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  SessionStart: beginning('SessionStart'),
  UserPromptSubmit: context('prompt', 'UserPromptSubmit'),
  // Once for calls that ran side by side.
  PostToolBatch: context('tool', 'PostToolBatch'),
  // This keeps it from stopping as well. What a refusal to stop gives for its reason is shown twice (seen with 2.1.330).
  Stop: context('stop', 'Stop'),
  Notification: notice({ permission_prompt: 'asking', elicitation_dialog: 'asking', idle_prompt: 'idle' }),
  SessionEnd: report('end'),
};

/** What is there from the beginning, and again after each turn: what has woken the model has ended by that. */
const LISTENS_FROM = ['SessionStart', 'Stop'];

export const claudeCodeHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['session_id'],
  // Above 10,000 characters it puts the text into a file.
  maxBytes: 9000,
  // It stops all the same after 8.
  maxKeeps: 7,
  wake: claudeCodeWays,
  listener: LISTENS_FROM,
  canListen: isAttended,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'entries',
      path: settings(place),
      base: {},
      entries: [...groupEntries(EVENTS, command, () => 10), ...listenerEntries(command(LISTEN))],
    }),
    // Starting other harnesses and changing hooks stay the person's.
    allow: (place) => ({
      kind: 'entries',
      path: settings(place),
      base: {},
      entries: [
        { list: ['permissions', 'allow'], value: 'Bash(lalia:*)' },
        { list: ['permissions', 'ask'], value: 'Bash(lalia run:*)' },
        { list: ['permissions', 'ask'], value: 'Bash(lalia hooks:*)' },
        // Without the star it is the command `lalia` without any argument (seen with 2.1.330).
        { list: ['sandbox', 'excludedCommands'], value: 'lalia *' },
      ],
    }),
  },
};

/** With `-p`, and below its SDK, it does not even begin before what its hooks start in the background has ended (seen with 2.1.330). */
function isAttended(env: Environment): boolean {
  return (
    env['CLAUDE_CODE_SESSION_ATTENDED'] !== '0' && env['CLAUDE_CODE_ENTRYPOINT']?.startsWith('sdk') !== true
  );
}

/** How the command line of a listener's hook ends, where that of an event's has the event. */
const LISTEN = 'wait';
const A_DAY_S = 24 * 60 * 60;

/** It runs beside the session, which goes on at once. */
function listenerEntries(command: string): WantedEntry[] {
  return LISTENS_FROM.map((event) => ({
    list: ['hooks', event],
    value: { hooks: [{ type: 'command', command, timeout: A_DAY_S, asyncRewake: true }] },
  }));
}

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.claude', variable: 'CLAUDE_CONFIG_DIR', home: '.claude' });
}

/** In a repository the file that git does not take along: others may not have Lalia. */
function settings(place: SetupPlace): string {
  return join(folder(place), place.scope === 'project' ? 'settings.local.json' : 'settings.json');
}
