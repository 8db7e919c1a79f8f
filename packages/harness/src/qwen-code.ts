/** Qwen Code. Facts: the project's harness notes, section 7. */
import type { HarnessAdapter } from './adapter.ts';
import { prefixOption } from './arguments.ts';
import { qwenCodeHooks } from './hooks/qwen-code.ts';

export const qwenCode: HarnessAdapter = {
  id: 'qwen-code',
  title: 'Qwen Code',
  flag: 'qwen',
  checked: { version: '0.24.4', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`--append-system-prompt`', evidence: 'tried', sure: 'high' },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'tried', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'tried', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolUse` hook', evidence: 'tried', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook', evidence: 'tried', sure: 'high' },
    wake: { can: 'yes', how: '`--input-file`', evidence: 'tried', sure: 'high' },
    socket: {
      can: 'yes',
      how: 'open; its sandbox is off by default',
      evidence: 'documented',
      sure: 'medium',
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
    plan: ({ prompt, args }) => ({ args: prefixOption(args, ['--append-system-prompt'], prompt) }),
  },
};
