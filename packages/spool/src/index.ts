/** @lalia/spool: the byte stream between a client and the daemon through files, where a sandbox refuses the socket. */
export { dialSpool, type SpoolOutcome } from './dial.ts';
export { SpoolServer, type SpoolServerParts } from './server.ts';
export type { PeerStream, SpoolClock } from './stream.ts';
