/** `@lalia/harness/probe`: real harnesses against scripted models on loopback; without an account, and nothing leaves the machine. */
export { type Answer, says } from './answer.ts';
export { Endpoint } from './endpoint.ts';
export type { Finding } from './finding.ts';
export { LEADS, type Lead } from './leads.ts';
export { Model, type Spoken } from './model.ts';
export { type Probed, type ProbeOptions, probe } from './probe.ts';
export { Terminal } from './terminal.ts';
export { CHECK_NAMES, type InstalledHooks } from './verdict.ts';
