/** @lalia/testkit: what tests of several packages share. Real processes in temporary folders; nothing stays behind. */
export { type Cage, namespaceCage, socketCage } from './cage.ts';
export { Lalia, type PersonOptions } from './lalia.ts';
export { Person, type Refusal } from './person.ts';
export { type Finished, git, Running, type RunOptions, run } from './processes.ts';
export { Session } from './session.ts';
export { shellWords } from './shell-words.ts';
export { becomes, isRunning } from './waiting.ts';
