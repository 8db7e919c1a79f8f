/** The hooks of Codex CLI. Facts: the project's harness notes, sections 0.5 and 2.2. */
import { join } from 'node:path';
import type { HookEvent, Hooks, SetupPlace } from '../adapter.ts';
import { codexWays } from '../wake/ways.ts';
import { HARMLESS } from './harmless.ts';
import { beginning, context, groupEntries, keep, report, settingsFolder } from './shapes.ts';

const EVENTS: Readonly<Record<string, HookEvent>> = {
  SessionStart: beginning('SessionStart'),
  UserPromptSubmit: context('prompt', 'UserPromptSubmit'),
  PostToolUse: context('tool', 'PostToolUse'),
  Stop: keep('block'),
  PermissionRequest: report('asking'),
  Interrupt: report('idle'),
  SessionEnd: report('end'),
};

export const codexHooks: Hooks = {
  events: EVENTS,
  sessionKeys: ['session_id'],
  // 2,500 tokens; dense text has two bytes to a token and more.
  maxBytes: 6000,
  maxKeeps: 8,
  wake: codexWays,
  setup: {
    folder,
    hooks: (place, command) => ({
      kind: 'entries',
      path: join(folder(place), 'hooks.json'),
      base: {},
      // It cuts the last two at 3 seconds itself.
      entries: groupEntries(EVENTS, command, (event) =>
        ['Interrupt', 'SessionEnd'].includes(event) ? 3 : 10,
      ),
    }),
    allow: (place) => ({ kind: 'own', path: join(folder(place), 'rules', 'lalia.rules'), text: RULES }),
    next: 'Codex runs no hooks that were not reviewed: start it, and trust those of lalia when it asks, or by /hooks.',
  },
};

const RULES = `# Written by \`lalia hooks install codex --allow\`; \`lalia hooks uninstall codex\` removes it.
# These run outside the sandbox, which refuses the daemon's socket, when they stand alone: no pipe, no cd, no redirection.
prefix_rule(
    pattern=["lalia", [${HARMLESS.map((name) => JSON.stringify(name)).join(', ')}]],
    decision="allow",
)
`;

function folder(place: SetupPlace): string {
  return settingsFolder(place, { project: '.codex', variable: 'CODEX_HOME', home: '.codex' });
}
