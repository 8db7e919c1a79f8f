import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, outcomeOf, TASK_EVENTS, TASK_STATES, type TaskEvent, TRANSITIONS } from './task-state.ts';

describe('the states of a task', () => {
  it('end with merged, which nothing leads out of', () => {
    for (const event of TASK_EVENTS) {
      const next = TRANSITIONS.merged[event];
      expect(isRefusal(next) || next === 'merged').toBe(true);
    }
  });

  it('are all reached', () => {
    const reached = TASK_STATES.flatMap((status) => TASK_EVENTS.map((event) => TRANSITIONS[status][event]));
    expect(TASK_STATES.filter((status) => !reached.includes(status))).toEqual([]);
  });

  it('let nobody begin what is blocked, and anybody else do what they may', () => {
    for (const status of TASK_STATES) {
      for (const event of TASK_EVENTS) {
        const [free, blocked] = [false, true].map((isBlocked) => outcomeOf({ status, event, isBlocked }));
        expect(blocked).toBe(free === 'in-progress' || free === 'ready' ? 'task_blocked' : free);
      }
    }
  });

  it('say of each outcome whether it is a refusal', () => {
    expect(TASK_STATES.filter(isRefusal)).toEqual([]);
    expect(isRefusal('task_taken')).toBe(true);
  });
});

/** What the contract says in sentences: who has it, what was said of it, whether it is finished. */
interface Model {
  owner: string | undefined;
  begun: boolean;
  said: 'in-progress' | 'blocked' | 'ready';
  merged: boolean;
}

interface Act {
  readonly actor: string;
  readonly verb:
    | 'claim'
    | 'start'
    | 'block'
    | 'ready'
    | 'release'
    | 'unassign'
    | 'reassign'
    | 'merge'
    | 'unblock';
}

const act: fc.Arbitrary<Act> = fc.record({
  actor: fc.constantFrom('ann', 'bob'),
  verb: fc.constantFrom(
    'claim',
    'start',
    'block',
    'ready',
    'release',
    'unassign',
    'reassign',
    'merge',
    'unblock',
  ),
});

describe('any history of a task', () => {
  it('is the one that the contract tells, and keeps its promises', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), fc.boolean(), (acts, beginsBlocked) => {
        const model: Model = { owner: undefined, begun: false, said: 'in-progress', merged: false };
        let status: (typeof TASK_STATES)[number] = 'open';
        let owner: string | undefined;
        let isBlocked = beginsBlocked;
        for (const { actor, verb } of acts) {
          if (verb === 'unblock') {
            isBlocked = false;
            continue;
          }
          const isOwners = ['start', 'block', 'ready', 'release'].includes(verb);
          // Who is not the owner is refused before the table is asked.
          if (isOwners && owner !== actor) continue;
          const event: TaskEvent = verb === 'claim' && owner === actor ? 'claim_own' : verb;
          const outcome = outcomeOf({ status, event, isBlocked });
          expect(isRefusal(outcome)).toBe(!mayDo(model, { actor, verb }, isBlocked));
          if (isRefusal(outcome)) continue;
          status = outcome;
          if (verb === 'claim' || verb === 'reassign') owner = actor;
          if (verb === 'release' || verb === 'unassign') owner = undefined;
          perform(model, { actor, verb });
          expect(status).toBe(statusOf(model));
          expect(status === 'open').toBe(owner === undefined && !model.merged);
          expect(isBlocked && (status === 'in-progress' || status === 'ready')).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function mayDo({ owner, merged, said }: Model, { actor, verb }: Act, isBlocked: boolean): boolean {
  if (verb === 'merge') return true;
  if (merged) return false;
  if (verb === 'start' || verb === 'ready') return !isBlocked;
  if (verb !== 'claim') return true;
  if (owner === undefined) return !isBlocked;
  // What its owner has called blocked it may claim again, without beginning it.
  return owner === actor && (!isBlocked || said === 'blocked');
}

const WORDS = { start: 'in-progress', block: 'blocked', ready: 'ready' } as const;

function perform(model: Model, { actor, verb }: Act): void {
  switch (verb) {
    case 'claim':
      if (model.owner === undefined || !model.begun) model.said = 'in-progress';
      Object.assign(model, { owner: actor, begun: true });
      break;
    case 'start':
    case 'block':
    case 'ready':
      Object.assign(model, { begun: true, said: WORDS[verb] });
      break;
    case 'release':
    case 'unassign':
      Object.assign(model, { owner: undefined, begun: false, said: 'in-progress' });
      break;
    case 'reassign':
      Object.assign(model, { owner: actor, begun: false, said: 'in-progress' });
      break;
    case 'merge':
      model.merged = true;
      break;
    case 'unblock':
      break;
  }
}

function statusOf({ owner, begun, said, merged }: Model): (typeof TASK_STATES)[number] {
  if (merged) return 'merged';
  if (owner === undefined) return 'open';
  return begun ? said : 'assigned';
}
