/** Claude Code (Anthropic). Facts: the project's harness notes, section 1. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';
import { hasOption, prefixOption } from './arguments.ts';
import { claudeCodeHooks } from './hooks/claude-code.ts';
import { CLAUDE_INBOUND } from './wake/ways.ts';

export const claudeCode: HarnessAdapter = {
  id: 'claude-code',
  title: 'Claude Code',
  flag: 'claude-code',
  checked: { version: '2.1.330', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`--append-system-prompt-file`', evidence: 'seen', sure: 'high' },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolBatch` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook, 8 times in a row', evidence: 'seen', sure: 'high' },
    wake: { can: 'yes', how: 'its inbox socket; a monitor of the plugin', evidence: 'seen', sure: 'high' },
    socket: {
      can: 'yes',
      how: 'open; after `/sandbox` by the spool, and by a rule for a lone `lalia`',
      evidence: 'seen',
      sure: 'high',
    },
  },
  markers: [
    'CLAUDECODE',
    'CLAUDE_PID',
    'CLAUDE_ENV_FILE',
    'CLAUDE_EFFORT',
    'CLAUDE_PROJECT_DIR',
    'CLAUDE_CODE_SESSION_ID',
    'CLAUDE_CODE_CHILD_SESSION',
    'CLAUDE_CODE_CHILD_NOTES_DIR',
    'CLAUDE_CODE_SESSION_ATTENDED',
    'CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS',
    'CLAUDE_CODE_ENTRYPOINT',
    'CLAUDE_CODE_EXECPATH',
    'CLAUDE_CODE_MESSAGING_SOCKET',
    'CLAUDE_CODE_MESSAGING_TOKEN',
  ],
  hooks: claudeCodeHooks,
  launch: {
    programs: ['claude'],
    install: 'npm install -g @anthropic-ai/claude-code',
    plan,
  },
};

/** The person's own file or text stays: both options may be given together, and each of them once. */
function plan(request: LaunchRequest): LaunchPlan {
  const { args, ...role } = rolePlan(request);
  if (isInboundSet(request)) return { args, ...role };
  return {
    args: ['--settings', JSON.stringify({ [INBOUND]: 'accept' }), ...args],
    ...role,
    env: { [CLAUDE_INBOUND]: 'accept' },
    added: `${INBOUND}=accept, so that it can be woken in every mode (--settings)`,
  };
}

/** Whether messages of other programs of the same person wait for that person, in `bypassPermissions`. */
const INBOUND = 'crossSessionInbound';

/** Settings of the person's own are never overridden: neither those of the command line nor this one in a file. */
function isInboundSet({ args, env, cwd }: LaunchRequest): boolean {
  if (hasOption(args, ['--settings'])) return true;
  const home = env['CLAUDE_CONFIG_DIR'] || join(env['HOME'] ?? '', '.claude');
  const files = [join(home, 'settings.json'), ...PROJECT_SETTINGS.map((name) => join(cwd, '.claude', name))];
  return files.some((file) => existsSync(file) && readFileSync(file, 'utf8').includes(INBOUND));
}

const PROJECT_SETTINGS = ['settings.json', 'settings.local.json'];

function rolePlan({ prompt, args, folder }: LaunchRequest): LaunchPlan {
  if (hasOption(args, ['--append-system-prompt-file'])) {
    return { args: prefixOption(args, ['--append-system-prompt'], prompt) };
  }
  const path = join(folder, 'role.md');
  return {
    args: ['--append-system-prompt-file', path, ...args],
    files: [{ path, text: prompt, kind: 'private' }],
  };
}
