/** What a tool answers: a text for the model, and the same as data for the client. */
import { EXIT, isLaliaError } from '@lalia/client';
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { toolHint } from './hints.ts';

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
  const lines = [error.message, `reason: ${error.reason}`, `hint: ${toolHint(error)}`];
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}

/** The error of a resource that cannot be read: it has no answer of its own to say so, only the protocol's codes. */
export function unreadable(uri: string, error: unknown): Error {
  if (!isLaliaError(error)) return error as Error;
  const { code, reason, message } = error;
  const hint = toolHint(error);
  if (code === EXIT.notFound) return new ResourceNotFoundError(uri, `${message} ${hint}`);
  const { InvalidParams, InternalError } = ProtocolErrorCode;
  const kind = code === EXIT.error ? InvalidParams : InternalError;
  return new ProtocolError(kind, `${message} ${hint}`, { uri, reason, hint });
}
