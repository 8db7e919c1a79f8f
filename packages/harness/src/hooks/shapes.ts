/** What several harnesses have in common: Claude Code's shapes of hooks, which others took over. */
import { join } from 'node:path';
import type { HookEvent, HookInput, Moment, SetupPlace, WantedEntry } from '../adapter.ts';

/** Text beside the conversation, at an event of this name. */
export function context(at: Moment, event: string): HookEvent {
  return {
    at,
    give: (text) => ({ hookSpecificOutput: { hookEventName: event, additionalContext: text } }),
  };
}

/** The beginning of a session. Where it is begun anew while the model works, to have room, the model goes on working. */
export function beginning(event: string): HookEvent {
  return {
    ...context('start', event),
    at: ({ source }: HookInput) => (source === 'compact' ? 'tool' : 'start'),
  };
}

/** Instead of stopping, the text is the next thing to work on. @param decision as the harness calls keeping it. */
export function keep(decision: string): HookEvent {
  return { at: 'stop', give: (text) => ({ decision, reason: text }) };
}

/** An event that is only reported. */
export function report(at: HookEvent['at']): HookEvent {
  return { at };
}

/** A notice of the harness to its person: it asks for something, or has waited for a while. */
export function notice(types: Readonly<Record<string, Moment>>): HookEvent {
  return {
    at: ({ notification_type: type }: HookInput) => (typeof type === 'string' ? types[type] : undefined),
  };
}

/** Claude Code's nesting: a group for each matcher, with its commands. @param timeout in the harness's unit. */
export function groupEntries(
  events: Readonly<Record<string, HookEvent>>,
  command: (event: string) => string,
  timeout: (event: string) => number,
): WantedEntry[] {
  return Object.entries(events).map(([event, { matcher }]) => ({
    list: ['hooks', event],
    value: {
      ...(matcher === undefined ? {} : { matcher }),
      hooks: [{ type: 'command', command: command(event), timeout: timeout(event) }],
    },
  }));
}

/** A folder of settings: in the repository, where a variable says, or in the home. */
export function settingsFolder(
  { scope, root, env }: SetupPlace,
  {
    project,
    variable,
    home,
  }: { readonly project: string; readonly variable?: string; readonly home: string },
): string {
  if (scope === 'project') return join(root, project);
  return (variable === undefined ? undefined : env[variable]) || join(root, home);
}
