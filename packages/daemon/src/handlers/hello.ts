import { fail, PROTOCOL_VERSION } from '@lalia/protocol';
import type { OpenHandler } from '../handler.ts';

export const hello: OpenHandler<'hello'> = ({ config, clock }, { params, connection }) => {
  if (params.protocol.major !== PROTOCOL_VERSION.major) {
    const [theirs, ours] = [String(params.protocol.major), String(PROTOCOL_VERSION.major)];
    const older = params.protocol.major < PROTOCOL_VERSION.major ? 'client' : 'daemon';
    throw fail('unsupported_protocol', `The client speaks protocol ${theirs}, the daemon ${ours}.`, {
      context: { client: params.protocol, daemon: PROTOCOL_VERSION, daemon_version: config.version },
      hint: `The ${older} is older: install the same version of both, then run \`lalia restart\`.`,
    });
  }
  connection.isGreeted = true;
  connection.client = `${params.client} ${params.version}`;
  return { version: config.version, protocol: PROTOCOL_VERSION, pid: process.pid, now: clock.nowMs() };
};
