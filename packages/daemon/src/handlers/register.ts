import {
  type Auth,
  fail,
  fromBase64Url,
  generateKeyPair,
  type ParsedParams,
  type Result,
} from '@lalia/protocol';
import type { AgentRecord, Session } from '@lalia/store';
import type { Context } from '../context.ts';
import type { Call, OpenHandler } from '../handler.ts';
import { checkNoNickname, checkReserved } from '../naming.ts';

type Request = ParsedParams<'register'>;

export const register: OpenHandler<'register'> = async (context, call) => {
  const { params } = call;
  checkReserved(params.name);
  return context.store.registry.byName(params.name, params.project) === undefined
    ? create(context, params)
    : resume(context, call);
};

/** A new identity: its key is on disk before the identity is, so that there is none that nobody can use. */
async function create(context: Context, params: Request): Promise<Result<'register'>> {
  const { store, keystore, clock } = context;
  const agentId = clock.newId();
  const pair = params.public_key === undefined ? generateKeyPair() : undefined;
  const publicKey = pair?.publicKey ?? fromBase64Url(params.public_key ?? '');
  if (pair !== undefined) await keystore.write(agentId, pair.privateKey);
  try {
    return await store.commits.run(() => {
      if (store.registry.byName(params.name, params.project) !== undefined) throw nameTaken(params.name);
      checkNoNickname(store, params.name);
      const agent = newAgent(context, params, { agentId, publicKey });
      checkProcess(context, agent);
      store.registry.insert(agent);
      context.chronicle.agent(agent, 'registered');
      return { agent: context.views.agentInfo(agent), created: true, lease_until: agent.leaseUntilMs };
    });
  } catch (error) {
    if (pair !== undefined) await keystore.delete(agentId);
    throw error;
  }
}

/** A known identity: only with a signature by its key, so nobody takes over a name or a role by asking. */
async function resume(context: Context, { params, raw }: Call<'register'>): Promise<Result<'register'>> {
  const { store, authenticator, presence } = context;
  if (params.auth === undefined) throw nameTaken(params.name);
  const { auth } = params;
  authenticator.verify({ method: 'register', params: raw, auth });
  return store.commits.run(() => {
    authenticator.admit(auth, presence.renewed());
    const known = signedIdentity(context, params, auth);
    checkRepository(known, params);
    checkSession(context, known, params);
    const agent = {
      ...known,
      ...sessionOf(params, known.role),
      ...presence.renewed(),
    };
    checkProcess(context, agent);
    store.registry.resume(agent);
    forgetOtherSession(context, known, agent);
    if (isNewsForTranscript(known, agent)) context.chronicle.agent(agent, 'changed');
    return { agent: context.views.agentInfo(agent), created: false, lease_until: agent.leaseUntilMs };
  });
}

/** What the hooks of another session said does not hold for this one. */
function forgetOtherSession({ store }: Context, before: AgentRecord, now: AgentRecord): void {
  if (isSameSession(before, now)) return;
  const turn = store.turns.get(now.agentId);
  if (turn !== undefined && turn.sessionId !== now.harnessSession) store.turns.forget(now.agentId);
}

function isSameSession(
  { anchor: before }: Pick<AgentRecord, 'anchor'>,
  { anchor: now }: Pick<AgentRecord, 'anchor'>,
): boolean {
  return before?.pid === now?.pid && before?.started === now?.started;
}

function signedIdentity({ store }: Context, { name, project }: Request, auth: Auth): AgentRecord {
  const known = store.registry.byName(name, project);
  if (known?.agentId !== auth.agent_id) {
    throw fail('bad_signature', `The request is not signed with the key of ${name}.`, { context: { name } });
  }
  return known;
}

/**
 * Two repositories of the same name are one project by the rule of names, and must not become one identity by accident.
 * @throws LaliaError `project_identity_mismatch` for a name that was registered in another repository.
 */
function checkRepository(known: AgentRecord, params: Request): void {
  const [before, now] = [known.location, params.location];
  const isSame =
    before.main_repo_root === now.main_repo_root ||
    (before.repo_url !== null && before.repo_url === now.repo_url);
  if (isSame || params.takeover === true) return;
  const where = before.main_repo_root ?? before.cwd;
  throw fail('project_identity_mismatch', `${known.name} was registered in another place: ${where}.`, {
    context: { name: known.name, project: known.project, registered_in: where },
    hint: 'Choose another name, or another project with --project NAME; --takeover if it is the same agent in a repository that moved.',
  });
}

/** @throws LaliaError `session_conflict` while another session of this identity is really alive. */
function checkSession(
  { presence, waiters, taskWaiters, waker, views }: Context,
  known: AgentRecord,
  params: Request,
): void {
  if (isSameSession(known, params) || !presence.isHeld(known)) return;
  if (params.takeover !== true) {
    throw fail(
      'session_conflict',
      `${known.name} is in use by another session (process ${String(known.anchor?.pid)}).`,
      {
        context: { agent: views.agentInfo(known), anchor: known.anchor },
      },
    );
  }
  const takenOver = fail('lease_expired', `Another session took ${known.name} over.`, {
    hint: 'Register under another name.',
    context: { taken_over: true },
  });
  waiters.releaseAgent(known.agentId, takenOver);
  taskWaiters.releaseAgent(known.agentId, takenOver);
  waker.listeners.release(known.agentId, takenOver);
}

/** @throws LaliaError `pid_conflict` when the harness process holds another identity already. */
function checkProcess({ store }: Context, agent: AgentRecord): void {
  if (agent.anchor?.kind !== 'harness') return;
  const other = store.registry.byAnchor(agent.anchor).find(({ agentId }) => agentId !== agent.agentId);
  if (other === undefined) return;
  throw fail('pid_conflict', `This ${agent.harness ?? 'harness'} process is ${other.name} already.`, {
    context: { name: other.name, agent_id: other.agentId, anchor: agent.anchor },
    hint: `Go on as ${other.name}, or end it first: lalia unregister --as ${other.name}.`,
  });
}

function newAgent(
  context: Context,
  params: Request,
  identity: Pick<AgentRecord, 'agentId' | 'publicKey'>,
): AgentRecord {
  const lease = context.presence.renewed();
  return {
    ...identity,
    ...sessionOf(params, 'peer'),
    name: params.name,
    project: params.project,
    kind: 'agent',
    ...lease,
    registeredMs: lease.lastSeenMs,
    unregisteredMs: null,
    lastReadId: null,
  };
}

function sessionOf(params: Request, defaultRole: Session['role']): Session {
  return {
    role: params.role ?? defaultRole,
    harness: params.harness,
    model: params.model,
    harnessSession: params.harness_session,
    anchor: params.anchor,
    location: params.location,
  };
}

/** The transcript keeps who somebody is, not where it sits today. */
function isNewsForTranscript(before: AgentRecord, after: AgentRecord): boolean {
  return before.role !== after.role || before.harness !== after.harness || before.model !== after.model;
}

function nameTaken(name: string): Error {
  return fail('bad_signature', `${name} is registered already, and the request is not signed with its key.`, {
    context: { name },
    hint: 'Sign the request with the key of that agent, or choose another name.',
  });
}
