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

/** What `lalia run` says of Claude Code's `crossSessionInbound`, so that nothing is taken for held that is not. */
export const CLAUDE_INBOUND = 'LALIA_CLAUDE_INBOUND';

export function codexWays({ session }: WakePlace): readonly WakeWay[] {
  return session === null
    ? []
    : [{ name: 'codex queue', words: ['codex-queue', session], variables: ['CODEX_HOME', 'PATH'] }];
}

export function claudeCodeWays({ input, env }: WakePlace): readonly WakeWay[] {
  const socket = env['CLAUDE_CODE_MESSAGING_SOCKET'];
  const mode = input['permission_mode'];
  if (!socket) return [];
  const isAccepted = env[CLAUDE_INBOUND] === 'accept';
  const words = ['claude-inbox', socket, ...(typeof mode === 'string' && !isAccepted ? [mode] : [])];
  return [{ name: 'claude inbox', words, variables: [] }];
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
