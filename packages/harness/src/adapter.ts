/**
 * What Lalia asks of a harness: one object each, one file each, and nothing about a harness anywhere else but in the
 * table by which callers are recognised (`harness.ts` of `@lalia/client`), which every program needs.
 *
 * A member that a harness has nothing for is left out; `capabilities` says why.
 */
import type { Environment, Role } from '@lalia/client';
import type { Capabilities } from './capability.ts';
import type { WakePlace, WakeWay } from './wake/ways.ts';

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
  /** The variables by which it tells what it runs that it runs inside it; none that people set to configure it. */
  readonly markers: readonly string[];
  readonly launch: Launcher;
  /** Absent where it runs no hooks. */
  readonly hooks?: Hooks;
}

/** How an agent is started with its role. */
export interface Launcher {
  /** Its executables, the first one on the PATH counts. */
  readonly programs: readonly string[];
  /** Its installation, as a command or an address. */
  readonly install: string;
  /** Decides everything about the start, and does nothing. @throws LaliaError `invalid_params` for arguments that cannot be joined with Lalia's. */
  readonly plan: (request: LaunchRequest) => LaunchPlan;
  /**
   * Adds the hooks to a plan, for this launch alone: nothing of the person's is written, and what they give the harness themselves stays.
   * Absent where it runs only hooks of its settings.
   * @returns why not, as a sentence, where something of the person's is in the way.
   */
  readonly bringHooks?: (plan: LaunchPlan, hooks: HooksForLaunch) => LaunchPlan | string;
}

/** The hooks that a launch brings along. */
export interface HooksForLaunch {
  /** Makes the command line of an event's hook. */
  readonly command: (event: string) => string;
  /** A private folder, for what the harness reads them from. */
  readonly folder: string;
  /** What the person wants the harness to be given. */
  readonly args: readonly string[];
  /** The environment of the caller. */
  readonly env: Environment;
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
  /** What its person has to do, in a sentence. */
  readonly next?: string;
}

export interface LaunchFile {
  readonly path: string;
  readonly text: string;
  /** `private`: Lalia's own, in its folder. `section`: in a file of the person, between Lalia's marks. */
  readonly kind: 'private' | 'section';
}

/** Where a session stands when a hook runs, as `turn` reports it. */
export type Moment = 'start' | 'prompt' | 'tool' | 'stop' | 'idle' | 'asking' | 'end';

/** What the harness wrote to a hook: an object, and nothing more is known of it. */
export type HookInput = Readonly<Record<string, unknown>>;

export interface HookEvent {
  /** Which moment it is; undefined for one that says nothing. */
  readonly at: Moment | ((input: HookInput) => Moment | undefined);
  /** What the hook prints so that the model sees the text; absent where nothing that it prints would. */
  readonly give?: (text: string) => object;
  /** Which tools it is run for, as the harness has that in its settings; absent for all. */
  readonly matcher?: string;
}

/** A subagent whose hooks say nothing of it: what happens between two events of its tool is its own. */
export interface HiddenSubagents {
  /** The tool that runs one, and ends with it. */
  readonly tool: string;
  /** The event before that tool, and the one after it. */
  readonly begins: string;
  readonly ends: string;
}

/** How the harness is made to ask for mail, and in what form it takes it. */
export interface Hooks {
  /** By the harness's own names of its events. */
  readonly events: Readonly<Record<string, HookEvent>>;
  /** Where the id of the conversation is in the input; the first one that is there counts. */
  readonly sessionKeys: readonly string[];
  /** Absent where the hooks of subagents have an id of them in their input. */
  readonly hiddenSubagents?: HiddenSubagents;
  /** How much text it takes at once, in bytes of UTF-8; beyond it a pointer is given. */
  readonly maxBytes: number;
  /** How often in a row it can be kept from stopping, below its own cap: what comes with one more would be lost. */
  readonly maxKeeps: number;
  /** The ways to wake the session from outside, the best first; absent where there is none. */
  readonly wake?: (place: WakePlace) => readonly WakeWay[];
  /**
   * At which of its events a process is started that waits in the background until the agent is to be woken; the harness wakes its model
   * when that ends with exit code 2. Absent where it has no such thing.
   */
  readonly listener?: readonly string[];
  /** Whether such a process is in nobody's way: a session that runs once and leaves would wait for it. Absent where it never is. */
  readonly canListen?: (env: Environment) => boolean;
  /** What is installed. */
  readonly setup: HookSetup;
}

/** Whose settings: the person's own, or those of one repository. */
export type Scope = 'home' | 'project';

export interface SetupPlace {
  readonly scope: Scope;
  /** The person's home folder, or the repository's. */
  readonly root: string;
  readonly env: Environment;
}

export interface HookSetup {
  /** The folder that is there where the harness is used. */
  readonly folder: (place: SetupPlace) => string;
  /** @param command makes the command line of an event's hook. */
  readonly hooks: (place: SetupPlace, command: (event: string) => string) => WantedFile;
  /** What lets the agent run harmless `lalia` commands unasked, and out of its sandbox; absent where nothing is in the way. */
  readonly allow?: (place: SetupPlace) => WantedFile | undefined;
  /** What the person has to do before it works, beside installing. */
  readonly next?: string;
}

/** A file as it has to be: ours as a whole, or somebody else's JSON with entries of ours. */
export type WantedFile =
  | { readonly kind: 'own'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'entries';
      readonly path: string;
      /** Members that such a file must have, where it is made. */
      readonly base: Readonly<Record<string, unknown>>;
      readonly entries: readonly WantedEntry[];
    };

/** An item of a list. */
export interface WantedEntry {
  /** The list, from the root. */
  readonly list: readonly string[];
  readonly value: unknown;
}
