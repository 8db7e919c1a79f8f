/** Qwen Code. Facts: the project's harness notes, section 7. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HarnessAdapter, HooksForLaunch, LaunchPlan, LaunchRequest } from './adapter.ts';
import { hasOption, prefixOption } from './arguments.ts';
import { hooksFile } from './hooks/hooks-file.ts';
import { qwenCodeHooks } from './hooks/qwen-code.ts';

export const qwenCode: HarnessAdapter = {
  id: 'qwen-code',
  title: 'Qwen Code',
  flag: 'qwen',
  checked: { version: '0.24.4', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`--append-system-prompt`', evidence: 'seen', sure: 'high' },
    'hooks-for-launch': {
      can: 'yes',
      how: '`QWEN_CODE_SYSTEM_DEFAULTS_PATH`',
      evidence: 'seen',
      sure: 'high',
    },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolUse` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook', evidence: 'seen', sure: 'high' },
    wake: { can: 'yes', how: '`--input-file`', evidence: 'seen', sure: 'high' },
    socket: {
      can: 'yes',
      how: 'open, in its `tools.executionSandbox` as well',
      evidence: 'seen',
      sure: 'high',
    },
  },
  markers: [
    'QWEN_CODE',
    'QWEN_CODE_SESSION_ID',
    'QWEN_CODE_PROMPT_ID',
    'QWEN_CODE_AGENT_ID',
    'QWEN_CODE_PROJECT_DIR',
    'QWEN_CODE_LAUNCHER_PID',
    'QWEN_CODE_NO_RELAUNCH',
    'QWEN_CODE_PRIVATE_RELAUNCH_ENV_PROVENANCE',
  ],
  hooks: qwenCodeHooks,
  launch: {
    programs: ['qwen'],
    install: 'npm install -g @qwen-code/qwen-code',
    plan,
    bringHooks,
  },
};

/** Where nothing says that it runs once and leaves, it takes messages from a file meanwhile: what wakes it. */
function plan({ prompt, args, folder }: LaunchRequest): LaunchPlan {
  const prompted = prefixOption(args, ['--append-system-prompt'], prompt);
  const stays = args.length === 0 || hasOption(args, ['-i', '--prompt-interactive']);
  if (!stays || hasOption(args, ['--input-file'])) return { args: prompted };
  const path = join(folder, 'input.jsonl');
  return {
    args: ['--input-file', path, ...prompted],
    env: { LALIA_QWEN_INPUT: path },
    files: [{ path, text: '', kind: 'private' }],
  };
}

/** By the defaults of the system, which a variable names: their lists of hooks are joined with those of all other settings (seen with 0.24.4). */
function bringHooks(plan: LaunchPlan, { command, folder, env }: HooksForLaunch): LaunchPlan | string {
  const path = join(folder, 'system-defaults.json');
  const inForce = defaultsInForce(env);
  if (inForce !== undefined && inForce !== path)
    return `${inForce} has the place in which they would be given`;
  const text = hooksFile('qwen-code', { command, withListener: true });
  return {
    ...plan,
    env: { ...plan.env, [DEFAULTS]: path },
    files: [...(plan.files ?? []), { path, text, kind: 'private' }],
  };
}

const DEFAULTS = 'QWEN_CODE_SYSTEM_DEFAULTS_PATH';

/** Settings that somebody has made for this machine stay. */
function defaultsInForce(env: HooksForLaunch['env']): string | undefined {
  const named = env[DEFAULTS];
  if (named) return named;
  const settings = env['QWEN_CODE_SYSTEM_SETTINGS_PATH'];
  const folder = settings ? dirname(settings) : SYSTEM_FOLDERS[process.platform];
  const path = join(folder ?? '/etc/qwen-code', 'system-defaults.json');
  return existsSync(path) ? path : undefined;
}

const SYSTEM_FOLDERS: Readonly<Record<string, string>> = { darwin: '/Library/Application Support/QwenCode' };
