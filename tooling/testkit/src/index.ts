/** @lalia/testkit: what tests of several packages share. Real processes in temporary folders; nothing stays behind. */
export { becomes, Lalia } from './lalia.ts';
export { type Finished, git, Running, type RunOptions, run } from './processes.ts';
