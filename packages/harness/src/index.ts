/** @lalia/harness: what is known about each coding agent harness, and what follows from it. */
export type {
  HarnessAdapter,
  HookCall,
  Hooks,
  Launcher,
  LaunchFile,
  LaunchPlan,
  LaunchRequest,
  Moment,
} from './adapter.ts';
export { ABILITIES, type Ability, type Capabilities, type Capability, type Evidence } from './capability.ts';
export { ADAPTERS, adapterOf } from './harnesses.ts';
