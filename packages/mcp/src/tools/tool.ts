/** How a tool is defined, and the shapes that several of them take. */
import { isUlid } from '@lalia/client';
import type { CallToolResult, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Desk } from '../desk.ts';

/** What one call of a tool has at hand. */
export interface Call {
  readonly desk: Desk;
  readonly context: ServerContext;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** For the model: what it does, and when to use it. */
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodObject;
  readonly annotations: ToolAnnotations;
  /** @throws LaliaError what the model is told as the tool's answer. */
  readonly run: (input: z.infer<Input>, call: Call) => Promise<CallToolResult>;
}

/** Keeps the type of the input between a tool's schema and what it runs. */
export function tool<Input extends z.ZodObject>(definition: Tool<Input>): Tool {
  return definition;
}

/** Nothing outside of this machine is reached, and nothing that was said is taken back. */
export const SENDS: ToolAnnotations = { destructiveHint: false, openWorldHint: false };
export const LOOKS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };

export const text = z
  .string()
  .describe('The message; what is read is byte for byte what was sent. At most 1 MiB.');
/** Written out: not every client follows a reference in what a tool takes. */
export const messageId = z.string().refine(isUlid, 'is not the id of a message');
export const address = z.string().describe('An agent: NAME, NAME@PROJECT or an id; `human` is the user.');
export const needsAnswer = z
  .boolean()
  .optional()
  .describe('The recipient sees it as a question that stays open until answered.');
export const isStatus = z.boolean().optional().describe('News that must never wake anybody.');

/** Below the minute after which many clients end a call; a client that shows progress may ask for more. */
const DEFAULT_WAIT_S = 50;
export const waitSeconds = z
  .number()
  .min(0)
  .max(3600)
  .default(DEFAULT_WAIT_S)
  .describe('How many seconds to wait; 0: not at all.');
