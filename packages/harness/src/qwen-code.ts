/** Qwen Code. Facts: the project's harness notes, section 7. */
import { join } from 'node:path';
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';
import { hasOption, prefixOption } from './arguments.ts';
import { qwenCodeHooks } from './hooks/qwen-code.ts';

export const qwenCode: HarnessAdapter = {
  id: 'qwen-code',
  title: 'Qwen Code',
  flag: 'qwen',
  checked: { version: '0.24.4', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`--append-system-prompt`', evidence: 'seen', sure: 'high' },
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
