/** How an operation is defined: everything that is said about it, in one place (design.md, "Shape"). */
import type * as z from 'zod';
import type { Reason } from '../errors.ts';

/** Who may call: anybody who can open the socket, or an agent that signs the request. */
export type Caller = 'anyone' | 'agent';

export interface OperationDefinition {
  readonly name: string;
  /** One line, for the reference and for the tools of a model. */
  readonly summary: string;
  readonly caller: Caller;
  /** Whether the answer may wait for something to happen; then it can be cancelled. */
  readonly blocking: boolean;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** What it can be refused with, beyond what every request can (bad frame, bad signature, …). */
  readonly errors: readonly Reason[];
}

/** Defines an operation, with its literal types kept: the tables of daemon and client are typed by them. */
export function operation<const Definition extends OperationDefinition>(definition: Definition): Definition {
  return definition;
}
