/** Claude Code (Anthropic). Facts: the project's harness notes, section 1. */
import { join } from 'node:path';
import type { HarnessAdapter, HooksForLaunch, LaunchPlan, LaunchRequest } from './adapter.ts';
import { hasOption, prefixOption } from './arguments.ts';
import { claudeCodeHooks } from './hooks/claude-code.ts';
import { isPluginGiven, pluginForLaunch } from './launch-hooks.ts';

export const claudeCode: HarnessAdapter = {
  id: 'claude-code',
  title: 'Claude Code',
  flag: 'claude-code',
  checked: { version: '2.1.330', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`--append-system-prompt-file`', evidence: 'seen', sure: 'high' },
    'hooks-for-launch': { can: 'yes', how: '`--plugin-dir`', evidence: 'seen', sure: 'high' },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolBatch` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook, 8 times in a row', evidence: 'seen', sure: 'high' },
    wake: {
      can: 'yes',
      how: 'its inbox socket; `asyncRewake` hook; a monitor of the plugin',
      evidence: 'seen',
      sure: 'high',
    },
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
    bringHooks,
  },
};

/** The person's own file or text stays: both options may be given together, and each of them once. */
function plan({ prompt, args, folder }: LaunchRequest): LaunchPlan {
  if (hasOption(args, ['--append-system-prompt-file'])) {
    return { args: prefixOption(args, ['--append-system-prompt'], prompt) };
  }
  const path = join(folder, 'role.md');
  return {
    args: ['--append-system-prompt-file', path, ...args],
    files: [{ path, text: prompt, kind: 'private' }],
  };
}

/** A plugin for one launch: what the person gives as `--settings` stays as it is, and so do plugins of their own. */
function bringHooks(plan: LaunchPlan, hooks: HooksForLaunch): LaunchPlan {
  if (isPluginGiven(hooks.args, MANIFEST)) return plan;
  const files = pluginForLaunch('claude-code', hooks, { manifest: MANIFEST, hooksFile: 'hooks/hooks.json' });
  return {
    ...plan,
    args: ['--plugin-dir', hooks.folder, ...plan.args],
    files: [...(plan.files ?? []), ...files],
  };
}

const MANIFEST = '.claude-plugin/plugin.json';
