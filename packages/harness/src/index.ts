/** @lalia/harness: what is known about each coding agent harness, and what follows from it. */
export type {
  HarnessAdapter,
  HookEvent,
  HookInput,
  HookSetup,
  Hooks,
  Launcher,
  LaunchFile,
  LaunchPlan,
  LaunchRequest,
  Moment,
  Scope,
  SetupPlace,
  WantedEntry,
  WantedFile,
} from './adapter.ts';
export { ABILITIES, type Ability, type Capabilities, type Capability, type Evidence } from './capability.ts';
export { ADAPTERS, adapterOf } from './harnesses.ts';
export { difference } from './hooks/difference.ts';
export { guardedCommand } from './hooks/guarded-command.ts';
export { hooksInForce, type InForce } from './hooks/in-force.ts';
export { Records } from './hooks/record.ts';
export {
  carryOut,
  type FileChange,
  type FileState,
  planInstall,
  planUninstall,
  type SetupRequest,
  setupState,
} from './hooks/setup.ts';
export { type LaunchOptions, launch, type OfferedHooks } from './launch.ts';
export { PLUGINS, type Plugin } from './plugins/installing.ts';
export { type PluginFile, pluginFiles } from './plugins/layouts.ts';
