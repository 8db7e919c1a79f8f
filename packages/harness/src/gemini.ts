/** Gemini CLI (Google). Facts: the project's harness notes, section 4. */
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';
import { prefixFirstPrompt, type ValueOptions } from './arguments.ts';
import { geminiHooks } from './hooks/gemini.ts';

export const gemini: HarnessAdapter = {
  id: 'gemini',
  title: 'Gemini CLI',
  flag: 'gemini',
  checked: { version: '0.61.0', date: '2026-11-22', run: true },
  capabilities: {
    role: {
      can: 'partly',
      how: 'the first prompt: nothing appends to its system prompt',
      evidence: 'seen',
      sure: 'high',
    },
    'hooks-for-launch': {
      can: 'no',
      how: 'it runs those of its settings and extensions',
      evidence: 'tried',
      sure: 'high',
    },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`BeforeAgent` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`AfterTool` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`AfterAgent` hook', evidence: 'seen', sure: 'high' },
    wake: {
      can: 'no',
      how: 'nothing reaches it from outside but its terminal',
      evidence: 'documented',
      sure: 'high',
    },
    socket: {
      can: 'yes',
      how: 'open, in its `toolSandboxing` as well; a container does not see the socket',
      evidence: 'seen',
      sure: 'high',
    },
  },
  markers: ['GEMINI_CLI', 'GEMINI_CLI_NO_RELAUNCH', 'GEMINI_PTY_INFO'],
  hooks: geminiHooks,
  launch: { programs: ['gemini'], install: 'npm install -g @google/gemini-cli', plan },
};

const VALUE_OPTIONS: ValueOptions = new Set([
  ...['-m', '--model', '--approval-mode', '--policy', '-e', '--extensions', '--include-directories'],
  ...['-r', '--resume', '--session-id', '-o', '--output-format', '--allowed-tools'],
  '--allowed-mcp-server-names',
]);

/** Hooks come from its settings alone: defaults of the system, which a variable names, have to be root's (seen with 0.61.0). */
function plan({ prompt, args }: LaunchRequest): LaunchPlan {
  const options = ['-i', '--prompt-interactive', '-p', '--prompt'];
  return { args: prefixFirstPrompt(args, { options, valueOptions: VALUE_OPTIONS, text: prompt }) };
}
