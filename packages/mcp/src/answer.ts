/** What a tool answers: a text for the model, and the same as data for the client. */
import { isLaliaError } from '@lalia/client';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** @param text what the model reads; without it, the data as JSON. */
export function answer(data: object, text = JSON.stringify(data)): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...data } };
}

/**
 * An error as the model reads it. What is expected to go wrong is the tool's answer, not a failure of the protocol: the model
 * is to see the hint and do better.
 */
export function refused(error: unknown): CallToolResult {
  if (!isLaliaError(error)) throw error;
  const lines = [error.message, `reason: ${error.reason}`, ...(error.hint ? [`hint: ${error.hint}`] : [])];
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}
