/** `@lalia/harness/probe`: real harnesses against scripted models on loopback; without an account, and nothing leaves the machine. */
export { type Answer, says } from './answer.ts';
export { Endpoint } from './endpoint.ts';
export { LEADS, type Lead } from './leads.ts';
export { Model, type Spoken } from './model.ts';
export { Terminal } from './terminal.ts';
