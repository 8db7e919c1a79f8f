/** The harnesses that are tried: where each comes from, how it is led to a scripted model, and how its shell tool is called. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Package } from './install.ts';
import type { Spoken } from './model.ts';
import { anthropic } from './wire/anthropic.ts';
import { chat } from './wire/chat.ts';
import { gemini as geminiWire } from './wire/gemini.ts';
import { responses } from './wire/responses.ts';

export interface Place {
  /** The person's home. */
  readonly home: string;
  readonly repo: string;
  /** Where the model is asked. */
  readonly model: string;
}

export interface Subject {
  /** As in the table of adapters. */
  readonly id: string;
  readonly flag: string;
  readonly package: Package;
  readonly spoken: Spoken;
  /** Writes what a person has answered once: no sign-in, no trust dialogue. */
  readonly prepare: (place: Place) => void;
  readonly env: (place: Place) => Readonly<Record<string, string>>;
  /** After `--`. */
  readonly args: (place: Place) => readonly string[];
  /** Whether Lalia has a way to wake it. */
  readonly wakes: boolean;
  /** For what Lalia does in it only as its plugin: the plugin in this folder, for one launch. */
  readonly plugin?: (folder: string) => readonly string[];
  /** How it is given its first prompt. */
  readonly prompt: (text: string) => readonly string[];
}

const KEY = 'sk-scripted-0123456789-0123456789';

export const claudeCode: Subject = {
  id: 'claude-code',
  flag: '--claude-code',
  package: { name: '@anthropic-ai/claude-code', version: '2.1.330' },
  spoken: {
    wire: anthropic,
    mainTool: 'Bash',
    shell: (command) => ({ kind: 'tool', name: 'Bash', input: { command, description: 'A command' } }),
  },
  prepare: ({ home, repo }) => {
    put(join(home, '.claude.json'), {
      hasCompletedOnboarding: true,
      bypassPermissionsModeAccepted: true,
      theme: 'dark',
      customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
      projects: { [repo]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
    });
  },
  env: ({ model }) => ({
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    IS_SANDBOX: '1',
  }),
  args: () => ['--permission-mode', 'default', '--model', 'claude-sonnet-4-5'],
  wakes: true,
  prompt: (text) => [text],
};

export const codex: Subject = {
  id: 'codex',
  flag: '--codex',
  package: { name: '@openai/codex', version: '0.169.0' },
  spoken: {
    wire: responses,
    mainTool: 'exec_command',
    shell: (command) => ({ kind: 'tool', name: 'exec_command', input: { cmd: command } }),
  },
  prepare: ({ home, repo, model }) => {
    const path = join(home, '.codex/config.toml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      [
        'model = "gpt-5.2-codex"',
        'model_provider = "scripted"',
        'check_for_update_on_startup = false',
        '[model_providers.scripted]',
        'name = "scripted"',
        `base_url = "${model}/v1"`,
        'wire_api = "responses"',
        'env_key = "SCRIPTED_KEY"',
        '[analytics]',
        'enabled = false',
        `[projects."${repo}"]`,
        'trust_level = "trusted"',
        '',
      ].join('\n'),
    );
  },
  env: () => ({ SCRIPTED_KEY: KEY }),
  // A person would have trusted the hooks once, by /hooks.
  args: () => ['--dangerously-bypass-hook-trust'],
  wakes: true,
  prompt: (text) => [text],
};

export const qwenCode: Subject = {
  id: 'qwen-code',
  flag: '--qwen',
  package: { name: '@qwen-code/qwen-code', version: '0.24.4' },
  spoken: {
    wire: chat,
    mainTool: 'run_shell_command',
    shell: (command) => ({
      kind: 'tool',
      name: 'run_shell_command',
      input: { command, is_background: false, description: 'A command' },
    }),
  },
  prepare: ({ home }) => {
    put(join(home, '.qwen/settings.json'), {
      security: { auth: { selectedType: 'openai' } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
    });
  },
  env: ({ model }) => ({
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${model}/v1`,
    OPENAI_MODEL: 'scripted',
  }),
  args: () => ['-y'],
  wakes: true,
  prompt: (text) => ['-i', text],
};

export const copilot: Subject = {
  id: 'copilot',
  flag: '--copilot',
  package: { name: '@github/copilot', version: '1.0.102' },
  spoken: {
    wire: chat,
    mainTool: 'bash',
    shell: (command) => ({ kind: 'tool', name: 'bash', input: { command, description: 'A command' } }),
  },
  prepare: ({ home, repo }) => {
    put(join(home, '.copilot/config.json'), { trusted_folders: [repo], banner: 'never' });
  },
  env: ({ model }) => ({
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_BASE_URL: `${model}/v1`,
    COPILOT_PROVIDER_API_KEY: KEY,
    COPILOT_MODEL: 'gpt-4.1',
  }),
  args: () => ['--allow-all-tools', '--experimental'],
  wakes: true,
  plugin: (folder) => ['--plugin-dir', folder],
  prompt: (text) => ['-i', text],
};

export const opencode: Subject = {
  id: 'opencode',
  flag: '--opencode',
  package: { name: 'opencode-ai', version: '1.18.33' },
  spoken: {
    wire: chat,
    mainTool: 'bash',
    shell: (command) => ({ kind: 'tool', name: 'bash', input: { command, description: 'A command' } }),
  },
  prepare: ({ home, model }) => {
    put(join(home, '.config/opencode/opencode.json'), {
      autoupdate: false,
      share: 'disabled',
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Scripted',
          options: { baseURL: `${model}/v1`, apiKey: KEY },
          models: { scripted: { name: 'Scripted' } },
        },
      },
    });
  },
  env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  args: () => [],
  wakes: true,
  prompt: (text) => ['--prompt', text],
};

export const gemini: Subject = {
  id: 'gemini',
  flag: '--gemini',
  package: { name: '@google/gemini-cli', version: '0.61.0' },
  spoken: {
    wire: geminiWire,
    mainTool: 'run_shell_command',
    shell: (command) => ({
      kind: 'tool',
      name: 'run_shell_command',
      input: { command, description: 'A command' },
    }),
  },
  prepare: ({ home }) => {
    put(join(home, '.gemini/settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
    });
  },
  env: ({ model }) => ({
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: model,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
  args: () => ['-y', '-m', 'gemini-2.5-flash'],
  wakes: false,
  prompt: (text) => ['-i', text],
};

function put(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}
