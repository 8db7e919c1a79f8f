/**
 * The folders that harnesses install: what they bring, in the layout of each. Facts: the project's harness notes, sections 1.4, 1.7,
 * 2.5, 3 to 6 and 9.
 *
 * Claude Code, Codex, Copilot and Cursor take the same folder. Each has a manifest of its own there, which names its hooks: their
 * events differ, and no file lies where one of them would look unasked and find the hooks of another.
 */
import { VERSION } from '@lalia/protocol';
import { guardedCommand } from '../hooks/guarded-command.ts';
import { hooksFile } from '../hooks/hooks-file.ts';
import { copilotExtension } from './copilot-extension.ts';

export interface PluginFile {
  /** Below the folder of all plugins. */
  readonly path: string;
  readonly text: string;
}

const NAME = 'lalia';
const DESCRIPTION =
  'Durable messages between the coding agents on this machine: mail appears in context by itself.';
const ABOUT = { name: NAME, version: VERSION, description: DESCRIPTION };
const AUTHOR = { name: 'Lalia' };
const SERVERS = { lalia: { command: 'lalia', args: ['mcp'] } };

/**
 * Everything there is to install, as files.
 * @param skill the text of `SKILL.md`.
 */
export function pluginFiles(skill: string): readonly PluginFile[] {
  return [...marketplace(), ...shared(skill), ...gemini(skill), ...opencode(skill)];
}

/** What Claude Code, Codex and Copilot are given to find the folder by. */
function marketplace(): readonly PluginFile[] {
  const { name, description, version } = ABOUT;
  const plugins = [{ name, source: './lalia', description, version }];
  return [
    json('.claude-plugin/marketplace.json', { name, owner: AUTHOR, metadata: { description }, plugins }),
  ];
}

function shared(skill: string): readonly PluginFile[] {
  const about = { ...ABOUT, author: AUTHOR, license: 'MIT' };
  const parts = { skills: './skills/', mcpServers: './.mcp.json' };
  const listen = {
    name: 'mail',
    command: guardedCommand('claude-code')('listen'),
    description: 'Lalia mail',
  };
  const files = [
    json('.claude-plugin/plugin.json', { ...about, hooks: './hooks/claude-code.json' }),
    json('.codex-plugin/plugin.json', { ...about, ...parts, hooks: './hooks/codex.json' }),
    json('.plugin/plugin.json', {
      ...about,
      ...parts,
      hooks: './hooks/copilot.json',
      extensions: './extensions/',
    }),
    json('.cursor-plugin/plugin.json', { ...about, ...parts, hooks: './hooks/cursor.json' }),
    ...['claude-code', 'codex', 'copilot', 'cursor'].map((harness) => ({
      path: `hooks/${harness}.json`,
      text: hooksFile(harness),
    })),
    json('.mcp.json', { mcpServers: SERVERS }),
    json('monitors/monitors.json', [listen]),
    { path: 'extensions/lalia/extension.mjs', text: copilotExtension(guardedCommand('copilot')) },
    skillFile(skill),
  ];
  return within('lalia', files);
}

function gemini(skill: string): readonly PluginFile[] {
  return within('gemini', [
    json('gemini-extension.json', { ...ABOUT, mcpServers: SERVERS }),
    { path: 'hooks/hooks.json', text: hooksFile('gemini') },
    skillFile(skill),
  ]);
}

/** To be copied into a folder of its settings: it has no installer for folders. */
function opencode(skill: string): readonly PluginFile[] {
  return within('opencode', [{ path: 'plugins/lalia.js', text: hooksFile('opencode') }, skillFile(skill)]);
}

function skillFile(text: string): PluginFile {
  return { path: `skills/${NAME}/SKILL.md`, text };
}

function within(folder: string, files: readonly PluginFile[]): readonly PluginFile[] {
  return files.map(({ path, text }) => ({ path: `${folder}/${path}`, text }));
}

function json(path: string, value: unknown): PluginFile {
  return { path, text: `${JSON.stringify(value, null, 2)}\n` };
}
