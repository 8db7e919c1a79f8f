/**
 * How each harness is led to a model on loopback for one launch, by flags and variables alone: its person's files stay as they are, and count. A harness
 * that cannot be led there is not in this table. Facts: the project's harness notes.
 */
import type { Answer } from './answer.ts';
import type { Spoken } from './model.ts';
import type { Question } from './terminal.ts';
import { anthropic } from './wire/anthropic.ts';
import { chat } from './wire/chat.ts';
import { gemini } from './wire/gemini.ts';
import { responses } from './wire/responses.ts';

export interface Lead {
  readonly spoken: Spoken;
  /** @param url below which the model is asked. */
  readonly launch: (url: string) => LedLaunch;
  /** How it is given its first prompt. */
  readonly prompt: (text: string) => readonly string[];
  /** What it asks its person before it begins, and the keys that leave everything as it is. */
  readonly answers?: readonly Question[];
}

export interface LedLaunch {
  /** Variables; those that are undefined are taken out, for they lead to another vendor's model. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
}

/** For a model that looks at no key. */
const KEY = 'sk-scripted-0123456789-0123456789';

/** By the id of the harness. */
export const LEADS: ReadonlyMap<string, Lead> = new Map([
  ['claude-code', claudeCode()],
  ['codex', codex()],
  ['copilot', copilot()],
  ['opencode', opencode()],
  ['qwen-code', qwenCode()],
  ['gemini', geminiCli()],
]);

function claudeCode(): Lead {
  return {
    spoken: { wire: anthropic, mainTool: 'Bash', shell: described('Bash') },
    launch: (url) => ({
      env: {
        ANTHROPIC_BASE_URL: url,
        // A person is asked about an API key that is new; not about this.
        ANTHROPIC_AUTH_TOKEN: KEY,
        ANTHROPIC_API_KEY: undefined,
        CLAUDE_CODE_OAUTH_TOKEN: undefined,
        CLAUDE_CODE_USE_BEDROCK: undefined,
        CLAUDE_CODE_USE_VERTEX: undefined,
        CLAUDE_CODE_USE_FOUNDRY: undefined,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
      args: ['--model', 'claude-sonnet-4-5'],
    }),
    prompt: (text) => [text],
  };
}

function codex(): Lead {
  return {
    spoken: {
      wire: responses,
      mainTool: 'exec_command',
      shell: (command) => ({ kind: 'tool', name: 'exec_command', input: { cmd: command } }),
    },
    launch: (url) => {
      const provider = `{name="scripted",base_url="${url}/v1",wire_api="responses",env_key="LALIA_SCRIPTED_KEY"}`;
      const settings = [
        'model="gpt-5.2-codex"',
        'model_provider="lalia_scripted"',
        `model_providers.lalia_scripted=${provider}`,
        'check_for_update_on_startup=false',
        'analytics.enabled=false',
      ];
      return { env: { LALIA_SCRIPTED_KEY: KEY }, args: settings.flatMap((setting) => ['-c', setting]) };
    },
    prompt: (text) => [text],
    // Hooks that were not reviewed do not run then.
    answers: [['Continue without trusting', '3']],
  };
}

function copilot(): Lead {
  return {
    spoken: { wire: chat, mainTool: 'bash', shell: described('bash') },
    launch: (url) => ({
      env: {
        COPILOT_OFFLINE: 'true',
        COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
        COPILOT_PROVIDER_API_KEY: KEY,
        COPILOT_MODEL: 'gpt-4.1',
      },
      args: [],
    }),
    prompt: (text) => ['-i', text],
  };
}

function opencode(): Lead {
  return {
    spoken: { wire: chat, mainTool: 'bash', shell: described('bash') },
    launch: (url) => ({
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify({
          model: 'scripted/scripted',
          small_model: 'scripted/scripted',
          provider: {
            scripted: {
              npm: '@ai-sdk/openai-compatible',
              name: 'Scripted',
              options: { baseURL: `${url}/v1`, apiKey: KEY },
              models: { scripted: { name: 'Scripted' } },
            },
          },
        }),
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
      },
      args: [],
    }),
    prompt: (text) => ['--prompt', text],
  };
}

function qwenCode(): Lead {
  return {
    spoken: {
      wire: chat,
      mainTool: 'run_shell_command',
      shell: described('run_shell_command', { is_background: false }),
    },
    launch: (url) => ({
      env: { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted' },
      args: ['--auth-type', 'openai'],
    }),
    prompt: (text) => ['-i', text],
  };
}

function geminiCli(): Lead {
  return {
    spoken: { wire: gemini, mainTool: 'run_shell_command', shell: described('run_shell_command') },
    launch: (url) => ({
      env: {
        GEMINI_API_KEY: KEY,
        GOOGLE_GEMINI_BASE_URL: url,
        GEMINI_DEFAULT_AUTH_TYPE: 'gemini-api-key',
        GOOGLE_GENAI_USE_VERTEXAI: undefined,
      },
      args: ['-m', 'gemini-2.5-flash'],
    }),
    prompt: (text) => ['-i', text],
  };
}

/** A shell tool that wants to be told what its command is for. */
function described(name: string, more: Readonly<Record<string, unknown>> = {}): (command: string) => Answer {
  return (command) => ({ kind: 'tool', name, input: { command, description: 'A command', ...more } });
}
