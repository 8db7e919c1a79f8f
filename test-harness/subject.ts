/** The harnesses that are tried: where each comes from, what their person has settled once, and how they are started. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Package } from './install.ts';

export interface Place {
  /** The person's home. */
  readonly home: string;
  readonly repo: string;
}

export interface Subject {
  /** As in the table of adapters, and of leads. */
  readonly id: string;
  readonly flag: string;
  readonly package: Package;
  /** Writes what a person has answered once: no sign-in, no trust dialogue. */
  readonly prepare: (place: Place) => void;
  /** Beside what leads it to its model. */
  readonly env?: Readonly<Record<string, string>>;
  /** After `--`, beside what leads it to its model. */
  readonly args: readonly string[];
  /** Whether Lalia has a way to wake it. */
  readonly wakes: boolean;
  /** For what Lalia does in it only as its plugin: the plugin in this folder, for one launch. */
  readonly plugin?: (folder: string) => readonly string[];
}

export const claudeCode: Subject = {
  id: 'claude-code',
  flag: '--claude-code',
  package: { name: '@anthropic-ai/claude-code', version: '2.1.330' },
  prepare: ({ home, repo }) => {
    put(join(home, '.claude.json'), {
      hasCompletedOnboarding: true,
      bypassPermissionsModeAccepted: true,
      theme: 'dark',
      projects: { [repo]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
    });
  },
  env: { IS_SANDBOX: '1' },
  args: ['--permission-mode', 'default'],
  wakes: true,
};

export const codex: Subject = {
  id: 'codex',
  flag: '--codex',
  package: { name: '@openai/codex', version: '0.169.0' },
  prepare: ({ home, repo }) => {
    const path = join(home, '.codex/config.toml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `[projects."${repo}"]\ntrust_level = "trusted"\n`);
  },
  // A person would have trusted the hooks once, by /hooks.
  args: ['--dangerously-bypass-hook-trust'],
  wakes: true,
};

export const qwenCode: Subject = {
  id: 'qwen-code',
  flag: '--qwen',
  package: { name: '@qwen-code/qwen-code', version: '0.24.4' },
  prepare: ({ home }) => {
    put(join(home, '.qwen/settings.json'), {
      security: { auth: { selectedType: 'openai' } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
    });
  },
  args: ['-y'],
  wakes: true,
};

export const copilot: Subject = {
  id: 'copilot',
  flag: '--copilot',
  package: { name: '@github/copilot', version: '1.0.102' },
  prepare: ({ home, repo }) => {
    put(join(home, '.copilot/config.json'), { trusted_folders: [repo], banner: 'never' });
  },
  args: ['--allow-all-tools', '--experimental'],
  wakes: true,
  plugin: (folder) => ['--plugin-dir', folder],
};

export const opencode: Subject = {
  id: 'opencode',
  flag: '--opencode',
  package: { name: 'opencode-ai', version: '1.18.33' },
  prepare: ({ home }) => {
    put(join(home, '.config/opencode/opencode.json'), { autoupdate: false, share: 'disabled' });
  },
  args: [],
  wakes: true,
};

export const gemini: Subject = {
  id: 'gemini',
  flag: '--gemini',
  package: { name: '@google/gemini-cli', version: '0.61.0' },
  prepare: ({ home }) => {
    put(join(home, '.gemini/settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
    });
  },
  env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  args: ['-y'],
  wakes: false,
};

/** Writes a file of settings. */
export function put(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}
