import type { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import type { Desk } from '../desk.ts';
import { registerTools } from './index.ts';

test('what a newer daemon has more to say is not in the structured content: clients refuse what the schema does not name', async () => {
  const tools = new Map<string, (given: object, context: object) => Promise<object>>();
  const server = { registerTool: (name: string, _: object, run: never) => tools.set(name, run) };
  const client = { call: () => Promise.resolve({ agents: [], invented_later: true }) };
  const desk = { client, anyAgent: () => Promise.resolve(undefined) };
  registerTools(server as unknown as McpServer, desk as unknown as Desk);
  const result = await tools.get('agents')?.({}, { mcpReq: {} });
  expect(result).toHaveProperty('structuredContent', { agents: [], you: null });
});
