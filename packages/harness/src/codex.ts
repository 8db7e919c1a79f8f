/** Codex CLI (OpenAI). Facts: the project's harness notes, section 2. */
import { join } from 'node:path';
import { type Environment, fail } from '@lalia/client';
import type { HarnessAdapter, HooksForLaunch, LaunchPlan, LaunchRequest } from './adapter.ts';
import { type ValueOptions, wordsOf } from './arguments.ts';
import { codexHooks } from './hooks/codex.ts';
import { hooksFile } from './hooks/hooks-file.ts';
import { textOf } from './launch-hooks.ts';

export const codex: HarnessAdapter = {
  id: 'codex',
  title: 'Codex CLI',
  flag: 'codex',
  checked: { version: '0.169.0', date: '2026-11-22', run: true },
  capabilities: {
    role: { can: 'yes', how: '`-c developer_instructions`', evidence: 'seen', sure: 'high' },
    'hooks-for-launch': {
      can: 'yes',
      how: '`-c hooks`; it asks once whether they are trusted',
      evidence: 'seen',
      sure: 'high',
    },
    'mail-at-start': { can: 'yes', how: '`SessionStart` hook', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: '`UserPromptSubmit` hook', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: '`PostToolUse` hook', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: '`Stop` hook', evidence: 'seen', sure: 'high' },
    wake: { can: 'yes', how: '`codex queue`', evidence: 'seen', sure: 'high' },
    socket: {
      can: 'no',
      how: 'its sandbox refuses sockets: the spool; a rules file lets a lone `lalia` out',
      evidence: 'seen',
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
  launch: { programs: ['codex'], install: 'npm install -g @openai/codex', plan, bringHooks },
};

const VALUE_OPTIONS: ValueOptions = new Set([
  ...['-c', '--config', '-m', '--model', '-p', '--profile', '-s', '--sandbox', '-a', '--ask-for-approval'],
  ...['-C', '--cd', '--add-dir', '-i', '--image', '--enable', '--disable', '--local-provider', '--remote'],
]);

/**
 * A first prompt is always there: before the first turn no hook has run, and the conversation cannot be reached from
 * outside. A word of the person's own is a prompt already, or a subcommand such as `resume`.
 *
 * What is set on the command line replaces the person's own developer instructions; where there are any, the role comes with
 * the first prompt instead.
 */
function plan(request: LaunchRequest): LaunchPlan {
  const { prompt, args, name } = request;
  const [first] = wordsOf(args, VALUE_OPTIONS);
  if (hasOwnInstructions(request)) {
    const role = `${prompt}\n${firstPrompt(name)}`;
    return {
      args: first === undefined ? [...args, role] : args.with(first, `${prompt}\n${promptAt(args, first)}`),
    };
  }
  const flag = ['-c', `developer_instructions=${tomlString(prompt)}`];
  return { args: [...flag, ...args, ...(first === undefined ? [firstPrompt(name)] : [])] };
}

function hasOwnInstructions({ args, env }: LaunchRequest): boolean {
  const given = args.some((arg) => /^(--config=|-c=?)?developer_instructions\s*=/.test(arg));
  return given || /^\s*developer_instructions\s*=/m.test(topOf(configuration(env)));
}

/** The person's configuration of Codex; empty where there is none. */
function configuration(env: Environment): string {
  const folder = env['CODEX_HOME'] || (env['HOME'] ? join(env['HOME'], '.codex') : undefined);
  return folder === undefined ? '' : textOf(join(folder, 'config.toml'));
}

/** What stands before the first table of a TOML file. */
function topOf(toml: string): string {
  return toml.split(/^\s*\[/m, 1)[0] ?? '';
}

/** @throws LaliaError `invalid_params` for a word that looks like a subcommand. */
function promptAt(args: readonly string[], index: number): string {
  const word = args[index] ?? '';
  if (/\s/.test(word)) return word;
  throw fail(
    'invalid_params',
    `The role has no place beside your own developer_instructions and "${word}".`,
    {
      hint: 'Start without a subcommand, or without developer_instructions.',
    },
  );
}

function firstPrompt(name: string): string {
  return `You are ${name} on Lalia. Run \`lalia read-any --timeout 0\`, do what your role says about mail, then wait for me.`;
}

/** A basic string of TOML (toml.io, v1.0.0): JSON's escapes are among its own, but for what JSON leaves as it is. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/**
 * Hooks of the command line are joined with those of the person's files. They have to be trusted like any others, once: Codex knows them again by
 * their place and their text, which are the same at each launch.
 */
function bringHooks(plan: LaunchPlan, { command, args, env }: HooksForLaunch): LaunchPlan | string {
  if (args.some((arg) => /^(--config=|-c=?)?hooks\b/.test(arg)))
    return 'hooks of your own are on the command line';
  const { hooks } = JSON.parse(hooksFile('codex', { command, withListener: true })) as { hooks: object };
  const flags = Object.entries(hooks).flatMap(([event, groups]) => [
    '-c',
    `hooks.${event}=${tomlValue(groups)}`,
  ]);
  const next =
    isTrusted(Object.keys(hooks), env) || args.includes('--dangerously-bypass-hook-trust')
      ? {}
      : { next: TRUST };
  return { ...plan, ...next, args: [...flags, ...plan.args] };
}

const TRUST =
  'Codex asks at its start whether you trust the hooks of this launch (in a session that is open: /hooks). Until you do, mail does not come by itself.';

/** Whether its person has reviewed a hook of each of these events on the command line; whether it is the same since, only Codex knows. */
function isTrusted(events: readonly string[], env: Environment): boolean {
  const config = configuration(env);
  return events.every((event) => config.includes(`/<session-flags>/config.toml:${snakeCase(event)}:0:0`));
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** Inline, as a value of `-c` (toml.io, v1.0.0). */
function tomlValue(value: unknown): string {
  if (typeof value === 'string') return tomlString(value);
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${tomlValue(member)}`)
    .join(',')}}`;
}
