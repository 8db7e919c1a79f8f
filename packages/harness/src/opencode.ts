/** opencode. Facts: the project's harness notes, section 5. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '@lalia/client';
import type { HarnessAdapter, HooksForLaunch, LaunchPlan, LaunchRequest } from './adapter.ts';
import { hooksFile } from './hooks/hooks-file.ts';
import { opencodeHooks } from './hooks/opencode.ts';

const INLINE_CONFIG = 'OPENCODE_CONFIG_CONTENT';

export const opencode: HarnessAdapter = {
  id: 'opencode',
  title: 'opencode',
  flag: 'opencode',
  checked: { version: '1.18.33', date: '2026-11-22', run: true },
  capabilities: {
    role: {
      can: 'yes',
      how: '`instructions` in `OPENCODE_CONFIG_CONTENT`',
      evidence: 'seen',
      sure: 'high',
    },
    'hooks-for-launch': {
      can: 'yes',
      how: '`plugin` in `OPENCODE_CONFIG_CONTENT`',
      evidence: 'seen',
      sure: 'high',
    },
    'mail-at-start': { can: 'yes', how: 'plugin, system prompt', evidence: 'seen', sure: 'high' },
    'mail-with-prompt': { can: 'yes', how: 'plugin, `chat.message`', evidence: 'seen', sure: 'high' },
    'mail-after-tool': { can: 'yes', how: 'plugin, `tool.execute.after`', evidence: 'seen', sure: 'high' },
    'mail-before-stop': { can: 'yes', how: 'plugin, on `session.idle`', evidence: 'seen', sure: 'high' },
    wake: { can: 'yes', how: 'plugin, `promptAsync`', evidence: 'seen', sure: 'high' },
    socket: { can: 'yes', how: 'no sandbox', evidence: 'seen', sure: 'high' },
  },
  markers: ['OPENCODE', 'OPENCODE_PID', 'OPENCODE_RUN_ID', 'OPENCODE_PROCESS_ROLE'],
  hooks: opencodeHooks,
  launch: { programs: ['opencode'], install: 'npm install -g opencode-ai', plan, bringHooks },
};

function plan({ prompt, args, env, folder }: LaunchRequest): LaunchPlan {
  const path = join(folder, 'role.md');
  const own = inlineConfig(env[INLINE_CONFIG]);
  return {
    args,
    env: {
      [INLINE_CONFIG]: JSON.stringify({ ...own, instructions: [...listOf(own, 'instructions'), path] }),
    },
    files: [{ path, text: prompt, kind: 'private' }],
  };
}

/** @throws LaliaError `invalid_params` for what the person set there and is no JSON object. */
function inlineConfig(text: string | undefined): Record<string, unknown> {
  if (!text) return {};
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return { ...config };
  } catch {
    // Told below, like anything else that is no object.
  }
  throw fail('invalid_params', `${INLINE_CONFIG} is set, and is not a JSON object.`, {
    hint: `Lalia adds the role to it. Write it as plain JSON, or unset ${INLINE_CONFIG}.`,
  });
}

/** Its plugin file among the plugins that the configuration of this launch names. */
function bringHooks(plan: LaunchPlan, { command, folder }: HooksForLaunch): LaunchPlan {
  const path = join(folder, 'lalia.js');
  const config = inlineConfig(plan.env?.[INLINE_CONFIG]);
  const plugin = [...listOf(config, 'plugin'), pathToFileURL(path).href];
  const text = hooksFile('opencode', { command, withListener: true });
  return {
    ...plan,
    env: { ...plan.env, [INLINE_CONFIG]: JSON.stringify({ ...config, plugin }) },
    files: [...(plan.files ?? []), { path, text, kind: 'private' }],
  };
}

function listOf(config: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const list = config[name];
  return Array.isArray(list) ? list : [];
}
