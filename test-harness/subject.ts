/** The harnesses that are tried: where each comes from, how it is led to a scripted model, and how its shell tool is called. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Package } from './install.ts';
import type { Spoken } from './model.ts';
import { anthropic } from './wire/anthropic.ts';
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
  prompt: (text) => [text],
};

function put(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}
