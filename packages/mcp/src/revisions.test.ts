import { InMemoryTransport, type JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { refuseUnknownRevisions } from './revisions.ts';

const request = (id: number, revision?: string) =>
  ({
    jsonrpc: '2.0',
    id,
    method: 'tools/list',
    params: { _meta: revision === undefined ? {} : { 'io.modelcontextprotocol/protocolVersion': revision } },
  }) satisfies JSONRPCMessage;

test('each request that claims a revision that is not spoken is refused, with those that are; all others are served', async () => {
  const [client, server] = InMemoryTransport.createLinkedPair();
  const served: JSONRPCMessage[] = [];
  const answered: JSONRPCMessage[] = [];
  server.onmessage = (message) => served.push(message);
  client.onmessage = (message) => answered.push(message);
  refuseUnknownRevisions(server);
  await Promise.all([client.start(), server.start()]);
  for (const sent of [request(1, '2026-07-28'), request(2, '2999-01-01'), request(3)])
    await client.send(sent);
  expect(served).toMatchObject([{ id: 1 }, { id: 3 }]);
  expect(answered).toMatchObject([
    { id: 2, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2999-01-01' } } },
  ]);
});
