/** What harnesses write to their hooks, as seen with the versions of docs/harnesses.md, and what they take back. */

export interface Recorded {
  readonly harness: string;
  readonly event: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly shape: (text: string) => object;
}

const SESSION = 'conversation-1';

const context = (hookEventName: string) => (additionalContext: string) => ({
  hookSpecificOutput: { hookEventName, additionalContext },
});
const block = (decision: string) => (reason: string) => ({ decision, reason });

const claudeLike = {
  session_id: SESSION,
  transcript_path: '/home/me/.claude/projects/x/t.jsonl',
  cwd: '/tmp',
  permission_mode: 'default',
};
const codex = { ...claudeLike, turn_id: 't1', model: 'gpt-5' };
const copilot = { sessionId: SESSION, timestamp: 1763800000000, cwd: '/tmp' };
const gemini = {
  session_id: SESSION,
  transcript_path: '/tmp/t.json',
  cwd: '/tmp',
  timestamp: '2026-11-22T10:00:00Z',
};
const cursor = {
  conversation_id: SESSION,
  generation_id: 'g1',
  workspace_roots: ['/tmp'],
  cursor_version: '2026.09.10',
};
const tool = { tool_name: 'Bash', tool_input: { command: 'ls' }, tool_use_id: 'u1', tool_response: 'a\nb' };

export const INPUTS: readonly Recorded[] = [
  at(
    'claude-code',
    'SessionStart',
    { ...claudeLike, source: 'startup', model: 'm' },
    context('SessionStart'),
  ),
  at('claude-code', 'UserPromptSubmit', { ...claudeLike, prompt: 'go' }, context('UserPromptSubmit')),
  at('claude-code', 'PostToolBatch', { ...claudeLike, tool_calls: [tool] }, context('PostToolBatch')),
  at(
    'claude-code',
    'Stop',
    { ...claudeLike, stop_hook_active: false, last_assistant_message: 'x' },
    context('Stop'),
  ),
  at('codex', 'SessionStart', { ...codex, source: 'startup' }, context('SessionStart')),
  at('codex', 'UserPromptSubmit', { ...codex, prompt: 'go' }, context('UserPromptSubmit')),
  at('codex', 'PostToolUse', { ...codex, ...tool }, context('PostToolUse')),
  at('codex', 'Stop', { ...codex, stop_hook_active: false, last_assistant_message: null }, block('block')),
  at('copilot', 'sessionStart', { ...copilot, source: 'new', initialPrompt: 'go' }, beside),
  at('copilot', 'userPromptSubmitted', { ...copilot, prompt: 'go' }, beside),
  at(
    'copilot',
    'postToolUse',
    { ...copilot, toolName: 'bash', toolArgs: { command: 'ls' }, toolResult: {} },
    beside,
  ),
  at(
    'copilot',
    'agentStop',
    { ...copilot, stopReason: 'end_turn', transcriptPath: '/tmp/t' },
    block('block'),
  ),
  at('qwen-code', 'SessionStart', { ...claudeLike, source: 'startup' }, context('SessionStart')),
  at('qwen-code', 'UserPromptSubmit', { ...claudeLike, prompt: 'go' }, context('UserPromptSubmit')),
  at('qwen-code', 'PostToolUse', { ...claudeLike, ...tool }, context('PostToolUse')),
  at('qwen-code', 'Stop', { ...claudeLike, stop_hook_active: false }, block('block')),
  at('gemini', 'SessionStart', { ...gemini, source: 'startup' }, context('SessionStart')),
  at('gemini', 'BeforeAgent', { ...gemini, prompt: 'go' }, context('BeforeAgent')),
  at('gemini', 'AfterTool', { ...gemini, ...tool }, context('AfterTool')),
  at('gemini', 'AfterAgent', { ...gemini, prompt: 'go', stop_hook_active: false }, block('deny')),
  at('cursor', 'sessionStart', { ...cursor, session_id: SESSION }, (text) => ({ additional_context: text })),
  at('cursor', 'postToolUse', { ...cursor, ...tool }, (text) => ({ additional_context: text })),
  at('cursor', 'stop', { ...cursor, status: 'completed', loop_count: 0 }, (text) => ({
    followup_message: text,
  })),
  at('opencode', 'tool', { session_id: SESSION }, (text) => ({ text })),
  at('opencode', 'stop', { session_id: SESSION }, (text) => ({ text })),
  at('amp', 'prompt', { session_id: SESSION }, (text) => ({ text })),
];

/** How often in a row an agent is kept from stopping. */
export const STOPS = [
  { harness: 'claude-code', event: 'Stop', input: { ...claudeLike, stop_hook_active: true }, keeps: 7 },
  { harness: 'cursor', event: 'stop', input: { ...cursor, status: 'completed' }, keeps: 4 },
  { harness: 'gemini', event: 'AfterAgent', input: { ...gemini, stop_hook_active: false }, keeps: 7 },
] as const;

function beside(text: string): object {
  return { additionalContext: text };
}

function at(harness: string, event: string, input: Recorded['input'], shape: Recorded['shape']): Recorded {
  return { harness, event, input: { ...input, hook_event_name: event }, shape };
}
