/** JSON-RPC 2.0 (jsonrpc.org/specification) as Lalia uses it: envelopes, and errors that carry a reason. */
import { type ErrorBody, fail, type LaliaError } from './errors.ts';

export type RequestId = number | string;

export interface RpcRequest {
  readonly jsonrpc: '2.0';
  /** Absent in a notification, which gets no answer. */
  readonly id?: RequestId;
  readonly method: string;
  readonly params?: unknown;
}

export interface RpcSuccess {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly result: unknown;
}

export interface RpcFailure {
  readonly jsonrpc: '2.0';
  /** null when the request could not be read far enough to know it. */
  readonly id: RequestId | null;
  readonly error: { readonly code: number; readonly message: string; readonly data: ErrorBody };
}

export type RpcResponse = RpcSuccess | RpcFailure;

/** Characters of a text that is the id of a request. */
const MAX_ID_LENGTH = 128;

/** JSON-RPC's own codes where one fits; every other reason has -32000 minus its exit code. */
const RPC_CODES: Readonly<Record<string, number>> = {
  bad_frame: -32700,
  unknown_method: -32601,
  invalid_params: -32602,
  internal: -32603,
};

/** The envelope of a result. */
export function success(id: RequestId, result: unknown): RpcSuccess {
  return { jsonrpc: '2.0', id, result };
}

/** The envelope of an error. */
export function failure(id: RequestId | null, error: LaliaError): RpcFailure {
  const code = RPC_CODES[error.reason] ?? -32000 - error.code;
  return { jsonrpc: '2.0', id, error: { code, message: error.message, data: error.toJSON() } };
}

/**
 * Reads a line as a request.
 * @throws LaliaError `bad_frame` when it is not one JSON-RPC 2.0 request.
 */
export function parseRequest(line: string): RpcRequest {
  const value = parseObject(line);
  const { jsonrpc, id, method } = value;
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !(id === undefined || isRequestId(id))) {
    throw fail('bad_frame', 'The line is not a JSON-RPC 2.0 request.');
  }
  return value as unknown as RpcRequest;
}

/**
 * Reads a line as an answer.
 * @throws LaliaError `bad_frame` when it is not one.
 */
export function parseResponse(line: string): RpcResponse {
  const value = parseObject(line);
  const { jsonrpc, id, error } = value;
  const isAnswer = 'result' in value ? !('error' in value) && isRequestId(id) : isErrorObject(error);
  if (jsonrpc !== '2.0' || !isAnswer) {
    throw fail('bad_frame', 'The daemon sent a line that is not a JSON-RPC 2.0 answer.');
  }
  return value as unknown as RpcResponse;
}

function isRequestId(id: unknown): boolean {
  // Another number would come back changed, and the answer find nobody.
  return Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= MAX_ID_LENGTH);
}

function isErrorObject(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { data } = error as { data?: unknown };
  return typeof data === 'object' && data !== null && 'reason' in data && typeof data.reason === 'string';
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw fail('bad_frame', 'The line is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('bad_frame', 'The line is not a JSON object.');
  }
  return value as Record<string, unknown>;
}
