/** The hooks of Gemini CLI. Facts: the project's harness notes, section 4. */
import { join } from 'node:path';
import type { HookEvent, Hooks, SetupPlace } from '../adapter.ts';
import { HARMLESS } from './harmless.ts';
import { beginning, context, groupEntries, keep, notice, report, settingsFolder } from './shapes.ts';

/** The hooks of what it runs have the session of the main agent and no other mark (seen with 0.61.0). */
const SUBAGENT_TOOL = 'invoke_agent';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  SessionStart: beginning('SessionStart'),
  BeforeAgent: context('prompt', 'BeforeAgent'),
  BeforeTool: { at: () => undefined, matcher: `^${SUBAGENT_TOOL}$` },
  AfterTool: context('tool', 'AfterTool'),
  AfterAgent: keep('deny'),
  Notification: notice({ ToolPermission: 'asking' }),
  SessionEnd: report('end'),
};

export const geminiHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['session_id'],
  hiddenSubagents: { tool: SUBAGENT_TOOL, begins: 'BeforeTool', ends: 'AfterTool' },
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
    // Those of a repository are switched off in 0.61.0.
    allow: (place) =>
      place.scope === 'project'
        ? undefined
        : { kind: 'own', path: join(folder(place), 'policies', 'lalia.toml'), text: POLICY },
  },
};

const POLICY = `# Written by \`lalia hooks install gemini --allow\`; \`lalia hooks uninstall gemini\` removes it.
[[rule]]
toolName = "run_shell_command"
commandPrefix = [${HARMLESS.map((name) => JSON.stringify(`lalia ${name}`)).join(', ')}]
decision = "allow"
priority = 100
`;

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.gemini', home: '.gemini' });
}
