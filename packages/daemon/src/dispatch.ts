/**
 * From a line to its answer: decode, look the operation up, check the params, authenticate, run the handler, encode. The only
 * place that looks operations up, and the only catch-all.
 *
 * Failpoints `<method>.accepted`, `<method>.done` and `<method>.answered` stand before the transaction, after its commit
 * and after the answer was written.
 */
import {
  type Auth,
  fail,
  failure,
  isLaliaError,
  type LaliaError,
  type Method,
  parseRequest,
  type RequestId,
  type RpcRequest,
  type SignedMethod,
  success,
} from '@lalia/protocol';
import { OPERATIONS } from '@lalia/protocol/operations';
import { translateSqliteError } from '@lalia/store';
import type { Context } from './context.ts';
import type { Call, OpenHandler, SignedHandler } from './handler.ts';
import { HANDLERS } from './handlers/index.ts';
import { problemsOf } from './param-problems.ts';
import type { Connection } from './socket/connection.ts';

interface Incoming {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly request: RpcRequest;
}

export class Dispatcher {
  readonly #context: Context;
  #isDraining = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** From now on every request is refused with `daemon_stopping`. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Takes a line; its answer is sent when there is one. */
  handle(connection: Connection, line: string): void {
    let request: RpcRequest;
    try {
      request = parseRequest(line);
    } catch (error) {
      connection.send(failure(null, this.#expected(error)));
      return;
    }
    const { id } = request;
    if (id === undefined) notify(connection, request);
    else this.#answer(id, { connection, request }).catch((error: unknown) => this.#expected(error));
  }

  async #answer(id: RequestId, { connection, request }: Omit<Incoming, 'signal'>): Promise<void> {
    const signal = connection.begin(id);
    if (signal === undefined) {
      connection.send(
        failure(id, fail('bad_frame', `The request id ${String(id)} is in use on this connection.`)),
      );
      return;
    }
    try {
      const result = await this.#run({ connection, signal, request });
      this.#context.failpoint(`${request.method}.done`);
      connection.answer(id, success(id, result));
      // Behind the write, which waits for the other answers of this turn.
      process.nextTick(this.#context.failpoint, `${request.method}.answered`);
    } catch (error) {
      connection.answer(id, failure(id, this.#expected(error)));
    }
  }

  async #run({ connection, signal, request }: Incoming): Promise<unknown> {
    const method = methodOf(request, connection);
    if (this.#isDraining) throw stopping();
    const raw = (request.params ?? {}) as Record<string, unknown>;
    const params = checkParams(method, raw);
    const call = { params, raw, connection, signal };
    return isSigned(method) ? this.#runSigned(method, call) : runOpen(this.#context, method, call);
  }

  async #runSigned(
    method: SignedMethod,
    call: Omit<Call<never>, 'params'> & { readonly params: unknown },
  ): Promise<unknown> {
    const { authenticator, presence, store, failpoint } = this.#context;
    const { auth } = call.params as { readonly auth: Auth };
    authenticator.verify({ method, params: call.raw, auth });
    failpoint(`${method}.accepted`);
    const handler = HANDLERS[method] as SignedHandler<never>;
    return store.commits.run(() => {
      const caller = authenticator.admit(auth, presence.renewed());
      return handler(this.#context, { ...call, caller, auth } as never);
    });
  }

  /** What a peer is told. Of an error that nobody expected it is told a number to look up, and no internals. */
  #expected(thrown: unknown): LaliaError {
    const error = translateSqliteError(thrown);
    if (isLaliaError(error)) return error;
    const logId = this.#context.clock.newId();
    this.#context.log('internal_error', { log_id: logId, error });
    return fail('internal', `Something unexpected happened (log id ${logId}).`, {
      context: { log_id: logId },
    });
  }
}

function stopping(): LaliaError {
  return fail('daemon_stopping', 'The daemon is stopping.');
}

function methodOf(request: RpcRequest, connection: Connection): Method {
  const { method } = request;
  if (!Object.hasOwn(OPERATIONS, method)) {
    throw fail('unknown_method', `There is no method "${method.slice(0, 80)}".`, {
      context: { method: method.slice(0, 80) },
    });
  }
  if (!connection.isGreeted && method !== 'hello')
    throw fail('bad_frame', 'The first request on a connection is `hello`.');
  return method as Method;
}

function isSigned(method: Method): method is SignedMethod {
  return OPERATIONS[method].caller === 'agent';
}

function runOpen(
  context: Context,
  method: Method,
  call: Omit<Call<never>, 'params'> & { readonly params: unknown },
): unknown {
  const handler = HANDLERS[method] as OpenHandler<never>;
  return handler(context, call as never);
}

function checkParams(method: Method, raw: unknown): unknown {
  const parsed = OPERATIONS[method].params.safeParse(raw);
  if (parsed.success) return parsed.data;
  if (isSigned(method) && !hasAuth(raw)) {
    throw fail('not_registered', `\`${method}\` has to be signed by a registered agent.`, {
      context: { method },
    });
  }
  const problems = problemsOf(parsed.error.issues, raw);
  throw fail('invalid_params', `${method}: ${problems.join('; ')}`, { context: { method, problems } });
}

function hasAuth(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'auth' in raw;
}

/** The one notification there is; others are ignored, as JSON-RPC wants it. */
function notify(connection: Connection, { method, params }: RpcRequest): void {
  if (method !== 'cancel' || typeof params !== 'object' || params === null || !('id' in params)) return;
  const { id } = params;
  if (typeof id === 'number' || typeof id === 'string') connection.cancel(id);
}
