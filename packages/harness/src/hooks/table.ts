/** The hooks by the id of their harness: what a hook process loads, and nothing else of the harnesses. */
import type { Hooks } from '../adapter.ts';
import { ampHooks } from './amp.ts';
import { claudeCodeHooks } from './claude-code.ts';
import { codexHooks } from './codex.ts';
import { copilotHooks } from './copilot.ts';
import { cursorHooks } from './cursor.ts';
import { geminiHooks } from './gemini.ts';
import { opencodeHooks } from './opencode.ts';
import { qwenCodeHooks } from './qwen-code.ts';

export const HOOKS: ReadonlyMap<string, Hooks> = new Map([
  ['claude-code', claudeCodeHooks],
  ['codex', codexHooks],
  ['copilot', copilotHooks],
  ['opencode', opencodeHooks],
  ['qwen-code', qwenCodeHooks],
  ['gemini', geminiHooks],
  ['cursor', cursorHooks],
  ['amp', ampHooks],
]);

export type { HookEvent, HookInput, Hooks } from '../adapter.ts';
