/**
 * Wakes idle agents, as the policy decides. Whose mail or turn has changed is looked at again at the end of the transaction, behind the reads and
 * turns that may take the mail; an attempt is written there before it is made.
 *
 * One attempt an agent at a time. What waits for a time (the budget, the proof of an attempt) has a timer, which a start derives again from
 * the rows.
 */
import { fail, type LaliaError, type TurnState, type Ulid, type WakeRoute } from '@lalia/protocol';
import type { AgentRecord, GroupCommit, TurnRecord, WakeRecord, WakingMail } from '@lalia/store';
import type { Timer } from '../clock.ts';
import type { Context } from '../context.ts';
import { WakeListeners } from './listeners.ts';
import { wakeNotice } from './notice.ts';
import type { RunProgram, WakeResult } from './program-runner.ts';
import { factsFor, LISTENER } from './wake-facts.ts';
import { decide, unproven, type Verdict } from './wake-policy.ts';

export type WakerParts = Pick<
  Context,
  'store' | 'clock' | 'presence' | 'waiters' | 'views' | 'config' | 'background' | 'log'
>;

/** No budget of a conversation counts for it. */
const NO_CONVERSATION = 0;

type Wake = Extract<Verdict, { do: 'wake' }>;

export class Waker {
  readonly listeners: WakeListeners;
  readonly #parts: () => WakerParts;
  readonly #run: RunProgram;
  readonly #due = new Set<Ulid>();
  readonly #alarms = new Map<Ulid, Timer>();
  readonly #stopping = new AbortController();

  /** @param parts what is there once all is composed. */
  constructor(clock: Context['clock'], run: RunProgram, parts: () => WakerParts) {
    this.listeners = new WakeListeners(clock);
    this.#run = run;
    this.#parts = parts;
  }

  /** Says that an agent's mail, turn or ways to be woken have changed; it is looked at at the end of the transaction. */
  changed(agentId: Ulid): void {
    this.#due.add(agentId);
  }

  /** Looks at who is due. Runs inside every transaction, before its commit. */
  serve(commits: GroupCommit): void {
    for (const agentId of this.#due) {
      if (!this.#stopping.signal.aborted) this.#serveOne(agentId, commits);
    }
    this.#due.clear();
  }

  /** What an agent is doing, and whether a message in this conversation would wake it now. */
  stateOf(agent: AgentRecord, conversationId = NO_CONVERSATION): TurnState | null {
    const { store } = this.#parts();
    const turn = store.turns.get(agent.agentId);
    const facts = turn && factsFor(this.#parts(), this.listeners, agent);
    if (turn === undefined || facts === undefined) return null;
    const ord = Number.MAX_SAFE_INTEGER;
    const mail = { fromOrd: ord, throughOrd: ord, conversations: [{ conversationId, messages: 1 }] };
    const verdict = decide({ ...facts, mail });
    const canWake = verdict.do === 'wake' || (verdict.do === 'wait' && verdict.for !== 'silence');
    return { state: turn.state, since_ts: turn.sinceMs, can_wake: canWake };
  }

  /** Which session an agent's hooks speak of now: listeners of others end. */
  sessionIs({ agentId, sessionId, state }: TurnRecord): void {
    const { store } = this.#parts();
    store.commits.onOutcome({
      committed: () => {
        const ended = fail('lease_expired', 'The session of this listener has ended.');
        if (state === 'ended') this.listeners.release(agentId, ended);
        else this.listeners.release(agentId, ended, { unless: sessionId });
      },
      rolledBack: undefined,
    });
  }

  /** Takes up what the last daemon left: attempts of which nobody knows, and whoever waits for a time. */
  async resume(): Promise<void> {
    const { store, clock } = this.#parts();
    await store.commits.run(() => {
      store.wakes.recover(clock.nowMs());
      for (const agentId of store.turns.agents()) this.changed(agentId);
    });
  }

  /** Ends what is under way; what became of it is unknown. */
  close(stopping: LaliaError): void {
    this.#stopping.abort();
    this.listeners.releaseAll(stopping);
    for (const alarm of this.#alarms.values()) alarm.cancel();
    this.#alarms.clear();
  }

  /** A failure here must not take the messages of the transaction along. */
  #serveOne(agentId: Ulid, commits: GroupCommit): void {
    const { store, log } = this.#parts();
    const agent = store.registry.get(agentId);
    if (agent === undefined) return;
    try {
      commits.attempt(() => {
        this.#look(agent);
      });
    } catch (error) {
      if (!commits.isOpen) throw error;
      log('not_woken', { agent_id: agentId, error });
    }
  }

  #look(agent: AgentRecord): void {
    const { store, clock } = this.#parts();
    this.#alarms.get(agent.agentId)?.cancel();
    this.#alarms.delete(agent.agentId);
    const facts = factsFor(this.#parts(), this.listeners, agent);
    if (facts === undefined) return;
    for (const { wakeId } of unproven(facts.attempts, clock.nowMs())) {
      const detail = 'no turn has followed';
      store.wakes.settle({ wakeId, outcome: 'failed', outcomeMs: clock.nowMs(), detail });
    }
    const verdict = decide(facts);
    if (verdict.do === 'wait') this.#alarm(agent.agentId, verdict.untilMs);
    else if (verdict.do === 'suppress') this.#suppress(agent.agentId, verdict, facts.mail);
    else if (verdict.do === 'wake' && facts.mail !== undefined) this.#wake(agent, verdict, facts.mail);
  }

  #wake(agent: AgentRecord, { route, conversationId, isFallback }: Wake, mail: WakingMail): void {
    const { store, clock } = this.#parts();
    const { agentId } = agent;
    const nowMs = clock.nowMs();
    const isListener = route === LISTENER;
    const attempt: WakeRecord = {
      wakeId: clock.newId(),
      agentId,
      conversationId,
      fromOrd: mail.fromOrd,
      throughOrd: mail.throughOrd,
      route,
      isFallback,
      attemptedMs: nowMs,
      outcome: isListener ? 'started' : 'attempting',
      outcomeMs: isListener ? nowMs : null,
      detail: null,
    };
    store.wakes.insert(attempt);
    const notice = wakeNotice(this.#parts(), agent, { wakeId: attempt.wakeId, mail });
    store.commits.onOutcome({
      committed: () => {
        if (isListener) this.listeners.tell(agentId, { notice });
        else this.#runProgram(attempt, notice);
        // For the time after which it counts as failed.
        if (isListener) this.#lookAgain(agentId);
      },
      rolledBack: undefined,
    });
  }

  #runProgram(attempt: WakeRecord, notice: Parameters<RunProgram>[1]): void {
    const { store, clock, background } = this.#parts();
    const { agentId, wakeId } = attempt;
    background.run('wake', async () => {
      const route = programOf(store.turns.get(agentId)?.routes ?? [], attempt.route);
      const { outcome, detail } =
        route === undefined ? GONE : await this.#run(route, notice, this.#stopping.signal);
      await store.commits.run(() => {
        store.wakes.settle({ wakeId, outcome, outcomeMs: clock.nowMs(), detail });
        this.changed(agentId);
      });
    });
  }

  /** One row for all that waits for the same budget. */
  #suppress(
    agentId: Ulid,
    { conversationId, untilMs, why }: Extract<Verdict, { do: 'suppress' }>,
    mail: WakingMail | undefined,
  ): void {
    const { store, clock } = this.#parts();
    this.#alarm(agentId, untilMs);
    if (mail === undefined) return;
    const { fromOrd, throughOrd } = mail;
    const outcomeMs = untilMs ?? null;
    const last = store.wakes.last(agentId);
    if (last?.outcome === 'suppressed' && last.detail === why && last.conversationId === conversationId) {
      store.wakes.extend({ wakeId: last.wakeId, throughOrd, outcomeMs });
      return;
    }
    store.wakes.insert({
      wakeId: clock.newId(),
      agentId,
      conversationId,
      fromOrd,
      throughOrd,
      route: null,
      isFallback: false,
      attemptedMs: clock.nowMs(),
      outcome: 'suppressed',
      outcomeMs,
      detail: why,
    });
  }

  #alarm(agentId: Ulid, untilMs: number | undefined): void {
    if (untilMs === undefined) return;
    const { clock } = this.#parts();
    const alarm = clock.after(Math.max(0, untilMs - clock.nowMs()), () => {
      this.#lookAgain(agentId);
    });
    this.#alarms.set(agentId, alarm);
  }

  #lookAgain(agentId: Ulid): void {
    const { store, background } = this.#parts();
    if (this.#stopping.signal.aborted) return;
    background.run('wake', () =>
      store.commits.run(() => {
        this.changed(agentId);
      }),
    );
  }
}

const GONE: WakeResult = { outcome: 'failed', detail: 'its session has ended' };

function programOf(routes: readonly WakeRoute[], name: string | null): WakeRoute | undefined {
  return routes.find((route) => route.name === name);
}
