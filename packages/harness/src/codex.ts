/** Codex CLI (OpenAI). Facts: the project's harness notes, section 2. */
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';
import { type ValueOptions, wordsOf } from './arguments.ts';
import { codexHooks } from './hooks/codex.ts';

export const codex: HarnessAdapter = {
  id: 'codex',
  title: 'Codex CLI',
  flag: 'codex',
  checked: { version: '0.169.0', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`-c developer_instructions`', evidence: 'tried', sure: 'high' },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'tried', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'tried', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolUse` hook', evidence: 'tried', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook', evidence: 'tried', sure: 'high' },
    wake: { can: 'yes', how: '`codex queue`', evidence: 'tried', sure: 'high' },
    socket: {
      can: 'no',
      how: 'its sandbox refuses sockets; a rules file lets `lalia` out',
      evidence: 'tried',
      sure: 'high',
    },
  },
  markers: [
    'CODEX_THREAD_ID',
    'CODEX_SESSION_ID',
    'CODEX_TOOL_CALL_ID',
    'CODEX_CI',
    'CODEX_VERSION',
    'CODEX_SANDBOX',
    'CODEX_SANDBOX_NETWORK_DISABLED',
    'CODEX_PERMISSION_PROFILE',
  ],
  hooks: codexHooks,
  launch: { programs: ['codex'], install: 'npm install -g @openai/codex', plan },
};

const VALUE_OPTIONS: ValueOptions = new Set([
  ...['-c', '--config', '-m', '--model', '-p', '--profile', '-s', '--sandbox', '-a', '--ask-for-approval'],
  ...['-C', '--cd', '--add-dir', '-i', '--image', '--enable', '--disable', '--local-provider', '--remote'],
]);

/**
 * A first prompt is always there: before the first turn no hook has run, and the conversation cannot be reached from
 * outside. A word of the person's own is a prompt already, or a subcommand such as `resume`.
 */
function plan({ prompt, args, name }: LaunchRequest): LaunchPlan {
  const hasOwnWords = wordsOf(args, VALUE_OPTIONS).length > 0;
  return {
    args: [
      '-c',
      `developer_instructions=${tomlString(prompt)}`,
      ...args,
      ...(hasOwnWords ? [] : [firstPrompt(name)]),
    ],
  };
}

function firstPrompt(name: string): string {
  return `You are ${name} on Lalia. Run \`lalia read-any --timeout 0\`, do what your role says about mail, then wait for me.`;
}

/** A basic string of TOML (toml.io, v1.0.0): JSON's escapes are among its own, but for what JSON leaves as it is. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
