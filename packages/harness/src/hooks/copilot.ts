/** The hooks of GitHub Copilot CLI. Facts: the project's harness notes, section 3. */
import { join } from 'node:path';
import type { HookEvent, Hooks, Moment } from '../adapter.ts';
import { keep, notice, report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  sessionStart: beside('start'),
  userPromptSubmitted: beside('prompt'),
  postToolUse: beside('tool'),
  agentStop: keep('block'),
  notification: notice({ permission_prompt: 'asking', elicitation_dialog: 'asking', agent_idle: 'idle' }),
  sessionEnd: report('end'),
};

export const copilotHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['sessionId', 'session_id'],
  maxBytes: 8000,
  // It stops all the same after 8.
  maxKeeps: 7,
  setup: {
    folder: (place) =>
      settingsFolder(place, { project: '.github', variable: 'COPILOT_HOME', home: '.copilot' }),
    hooks: (place, command) => ({
      kind: 'own',
      path: join(copilotHooks.setup.folder(place), 'hooks', 'lalia.json'),
      text: `${JSON.stringify({ version: 1, hooks: entries(command) }, null, 2)}\n`,
    }),
  },
};

function beside(at: Moment): HookEvent {
  return { at, give: (text) => ({ additionalContext: text }) };
}

function entries(command: (event: string) => string): object {
  return Object.fromEntries(
    Object.keys(EVENTS).map((event) => [event, [{ type: 'command', bash: command(event), timeoutSec: 10 }]]),
  );
}
