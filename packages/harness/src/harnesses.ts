/** Every harness that has an adapter, in the order in which lists show them. */
import type { HarnessAdapter } from './adapter.ts';
import { aider } from './aider.ts';
import { amp } from './amp.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';
import { qwenCode } from './qwen-code.ts';

export const ADAPTERS: readonly HarnessAdapter[] = [
  claudeCode,
  codex,
  copilot,
  opencode,
  qwenCode,
  gemini,
  cursor,
  amp,
  aider,
];

/** @param id as the table of callers and `register` have it. */
export function adapterOf(id: string): HarnessAdapter | undefined {
  return ADAPTERS.find((adapter) => adapter.id === id);
}
