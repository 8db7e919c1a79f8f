/** The ways to wake a session from outside, as its hooks know them: offered with each turn, the best first. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@lalia/client';
import type { HookInput } from '../adapter.ts';

/** What the daemon is to run: `lalia-wake` with these words, and these variables of the hook's environment. */
export interface WakeWay {
  /** What people are told of it. */
  readonly name: string;
  readonly words: readonly string[];
  readonly variables: readonly string[];
}

export interface WakePlace {
  /** The harness's id of the conversation. */
  readonly session: string | null;
  readonly input: HookInput;
  readonly env: Environment;
}

export function codexWays({ session }: WakePlace): readonly WakeWay[] {
  return session === null
    ? []
    : [{ name: 'codex queue', words: ['codex-queue', session], variables: ['CODEX_HOME', 'PATH'] }];
}

/**
 * In this mode Claude Code keeps what comes to its inbox for its person, unless their settings have `"crossSessionInbound": "accept"`: the listener of its
 * hooks, or the monitor of its plugin, wakes it all the same.
 */
const HOLDING_MODE = 'bypassPermissions';

export function claudeCodeWays({ input, env }: WakePlace): readonly WakeWay[] {
  const socket = env['CLAUDE_CODE_MESSAGING_SOCKET'];
  if (!socket || input['permission_mode'] === HOLDING_MODE) return [];
  return [{ name: 'claude inbox', words: ['claude-inbox', socket], variables: [] }];
}

export function qwenCodeWays({ session, env }: WakePlace): readonly WakeWay[] {
  const file = env['LALIA_QWEN_INPUT'];
  const byFile = file ? [{ name: 'qwen input file', words: ['qwen-input', file], variables: [] }] : [];
  const folder = join(homedir(), '.qwen', 'sessions');
  const bySession =
    session === null
      ? []
      : [{ name: 'qwen session', words: ['qwen-session', session, folder], variables: [] }];
  return [...byFile, ...bySession];
}
