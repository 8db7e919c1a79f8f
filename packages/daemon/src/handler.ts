/** What a handler is. The table in handlers/index.ts has one for each operation of the protocol. */
import type { Auth, Method, ParsedParams, Result, SignedMethod } from '@lalia/protocol';
import type { AgentRecord } from '@lalia/store';
import type { Context } from './context.ts';
import type { Connection } from './socket/connection.ts';

export interface Call<M extends Method> {
  readonly params: ParsedParams<M>;
  /** The params as they came, which is what a signature covers. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly connection: Connection;
  /** Aborted when the caller cancels, or is gone. */
  readonly signal: AbortSignal;
}

export interface SignedCall<M extends SignedMethod> extends Call<M> {
  readonly caller: AgentRecord;
  readonly auth: Auth;
}

/** Runs inside the request's transaction. It may return a promise for what comes later, as a blocked read does. */
export type SignedHandler<M extends SignedMethod> = (
  context: Context,
  call: SignedCall<M>,
) => Result<M> | Promise<Result<M>>;

/** Runs outside any transaction. */
export type OpenHandler<M extends Method> = (
  context: Context,
  call: Call<M>,
) => Result<M> | Promise<Result<M>>;

export type Handlers = {
  readonly [M in Method]: M extends SignedMethod ? SignedHandler<M> : OpenHandler<M>;
};
