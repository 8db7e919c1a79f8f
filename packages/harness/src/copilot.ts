/** GitHub Copilot CLI. Facts: the project's harness notes, section 3. */
import { join } from 'node:path';
import type { HarnessAdapter, HooksForLaunch, LaunchPlan, LaunchRequest } from './adapter.ts';
import { copilotHooks } from './hooks/copilot.ts';
import { isPluginGiven, pluginForLaunch } from './launch-hooks.ts';
import { copilotExtension } from './plugins/copilot-extension.ts';

export const copilot: HarnessAdapter = {
  id: 'copilot',
  title: 'GitHub Copilot CLI',
  flag: 'copilot',
  checked: { version: '1.0.102', date: '2026-11-22', run: true },
  capabilities: {
    role: {
      can: 'yes',
      how: '`lalia.instructions.md` in a folder of `COPILOT_CUSTOM_INSTRUCTIONS_DIRS`',
      evidence: 'seen',
      sure: 'high',
    },
    'hooks-for-launch': { can: 'yes', how: '`--plugin-dir`', evidence: 'seen', sure: 'high' },
    'mail-at-start': { can: 'yes', how: '`sessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`userPromptSubmitted` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`postToolUse` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': {
      can: 'yes',
      how: '`agentStop` hook, 8 times in a row',
      evidence: 'seen',
      sure: 'high',
    },
    wake: {
      can: 'partly',
      how: 'an extension of the plugin, where `--experimental` is on',
      evidence: 'seen',
      sure: 'high',
    },
    socket: {
      can: 'yes',
      how: 'open; its sandbox is off by default',
      evidence: 'seen',
      sure: 'high',
    },
  },
  markers: [
    'COPILOT_CLI',
    'COPILOT_AGENT_SESSION_ID',
    'COPILOT_LOADER_PID',
    'COPILOT_CLI_RESOLVED_DIST_DIR',
    'COPILOT_CLI_BINARY_VERSION',
  ],
  hooks: copilotHooks,
  launch: { programs: ['copilot'], install: 'npm install -g @github/copilot', plan, bringHooks },
};

/**
 * A folder among those that the person may name already; no flag appends to its prompt. Files of this kind are in the prompt, an `AGENTS.md` there
 * would only be named in it (seen with 1.0.102).
 */
function plan({ prompt, args, env, folder }: LaunchRequest): LaunchPlan {
  const folders = [env['COPILOT_CUSTOM_INSTRUCTIONS_DIRS'], folder].filter(Boolean).join(',');
  return {
    args,
    env: { COPILOT_CUSTOM_INSTRUCTIONS_DIRS: folders },
    files: [{ path: join(folder, 'lalia.instructions.md'), text: `${EVERYWHERE}${prompt}`, kind: 'private' }],
  };
}

/** Whatever file it works on. */
const EVERYWHERE = '---\napplyTo: "**"\n---\n';

/** A plugin for one launch, with the extension by which an idle one is woken, where extensions are on. */
function bringHooks(plan: LaunchPlan, hooks: HooksForLaunch): LaunchPlan {
  if (isPluginGiven(hooks.args, MANIFEST)) return plan;
  const files = pluginForLaunch('copilot', hooks, {
    manifest: MANIFEST,
    hooksFile: 'hooks/copilot.json',
    others: [{ path: 'extensions/lalia/extension.mjs', text: copilotExtension(hooks.command) }],
    parts: { hooks: './hooks/copilot.json', extensions: './extensions/' },
  });
  return {
    ...plan,
    args: ['--plugin-dir', hooks.folder, ...plan.args],
    files: [...(plan.files ?? []), ...files],
  };
}

const MANIFEST = '.plugin/plugin.json';
