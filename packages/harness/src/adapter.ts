/**
 * What Lalia asks of a harness: one object each, one file each, and nothing about a harness anywhere else but in the
 * table by which callers are recognised (`harness.ts` of `@lalia/client`), which every program needs.
 *
 * A member that a harness has nothing for is left out; `capabilities` says why.
 */
import type { Environment, Role } from '@lalia/client';
import type { Capabilities } from './capability.ts';

export interface HarnessAdapter {
  /** As in the table of `@lalia/client`. */
  readonly id: string;
  /** Its own name. */
  readonly title: string;
  /** What selects it on a command line, without the dashes. */
  readonly flag: string;
  /** The version that these facts were looked at with, and whether it was run. */
  readonly checked: { readonly version: string; readonly date: string; readonly run: boolean };
  readonly capabilities: Capabilities;
  readonly launch: Launcher;
  /** Absent where it runs no hooks. */
  readonly hooks?: Hooks;
}

/** How an agent is started with its role. */
export interface Launcher {
  /** Its executables, the first one on the PATH counts. */
  readonly programs: readonly string[];
  /** How to get it, for who does not have it. */
  readonly install: string;
  /** Decides everything about the start, and does nothing. @throws LaliaError `invalid_params` for arguments that cannot be joined with Lalia's. */
  readonly plan: (request: LaunchRequest) => LaunchPlan;
}

export interface LaunchRequest {
  readonly name: string;
  readonly role: Role;
  /** The role prompt. */
  readonly prompt: string;
  /** What the person wants the harness to be given. */
  readonly args: readonly string[];
  /** The environment of the caller. */
  readonly env: Environment;
  readonly cwd: string;
  /** A private folder of this agent, for files that the harness reads when it starts. */
  readonly folder: string;
}

export interface LaunchPlan {
  /** All of them, the person's own among them. */
  readonly args: readonly string[];
  /** Set in addition to the caller's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: readonly LaunchFile[];
}

export interface LaunchFile {
  readonly path: string;
  readonly text: string;
  /** `private`: Lalia's own, in its folder. `section`: in a file of the person, between Lalia's marks. */
  readonly kind: 'private' | 'section';
}

/** Moments at which mail can be put before the model. */
export type Moment = 'start' | 'prompt' | 'after-tool' | 'before-stop' | 'end';

/** One run of a hook, as far as it matters here. */
export interface HookCall {
  readonly moment: Moment;
  /** The harness's id of the conversation. */
  readonly session: string | null;
  readonly cwd: string | null;
  /** A subagent's: the main agent's mail is not for it. */
  readonly isSubagent: boolean;
  /** The agent was kept from stopping already, and this is the next attempt. */
  readonly wasKept: boolean;
}

/** How the harness is made to ask for mail, and in what form it takes it. */
export interface Hooks {
  /** The harness's names of the events that are hooked, each with its moment. */
  readonly events: Readonly<Record<string, Moment>>;
  /** How much text it takes at once, in UTF-16 code units; beyond it a pointer is given. */
  readonly maxLength: number;
  /** @param input what the harness wrote to the hook. @returns undefined for what is not ours to answer. */
  readonly read: (event: string, input: unknown) => HookCall | undefined;
  /** @returns what the hook prints so that the model sees the text. */
  readonly write: (call: HookCall, text: string) => string;
}
