/** Conversations and tasks to look at, for clients that let their user pick some. */
import { agentAddress, frames, roomAddress } from '@lalia/client';
import { type McpServer, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import type { Desk } from './desk.ts';

const PAGE = 100;
const MARKDOWN = 'text/markdown';

export function registerResources(server: McpServer, desk: Desk): void {
  server.registerResource(
    'channel',
    new ResourceTemplate('lalia://channel/{peer}', { list: (context) => channels(desk, context) }),
    { title: 'A channel', description: 'The last messages between you and an agent.', mimeType: MARKDOWN },
    (uri, { peer }, context) => transcript({ uri, target: { peer: one(peer) } }, desk, context),
  );
  server.registerResource(
    'room',
    new ResourceTemplate('lalia://room/{room}', { list: (context) => rooms(desk, context) }),
    { title: 'A room', description: 'The last messages of a room you are in.', mimeType: MARKDOWN },
    (uri, { room }, context) => transcript({ uri, target: { room: one(room) } }, desk, context),
  );
  server.registerResource(
    'tasks',
    'lalia://tasks',
    { title: 'Tasks', description: 'The task list of your project.', mimeType: 'application/json' },
    (uri, context) => taskList(uri, desk, context),
  );
}

async function channels(desk: Desk, context: ServerContext) {
  const agent = await desk.agent(context);
  const { channels: all } = await agent.channels({ signal: context.mcpReq.signal });
  return { resources: all.map((channel) => listed('channel', agentAddress(channel.with))) };
}

async function rooms(desk: Desk, context: ServerContext) {
  const agent = await desk.agent(context);
  const { rooms: all } = await agent.rooms({ signal: context.mcpReq.signal });
  const own = all.filter(({ joined }) => joined);
  return { resources: own.map((room) => listed('room', roomAddress(room))) };
}

function listed(kind: 'channel' | 'room', name: string) {
  return { uri: `lalia://${kind}/${encodeURIComponent(name)}`, name, mimeType: MARKDOWN };
}

interface Wanted {
  readonly uri: URL;
  readonly target: { readonly peer: string } | { readonly room: string };
}

async function transcript({ uri, target }: Wanted, desk: Desk, context: ServerContext) {
  const agent = await desk.agent(context);
  const { messages } = await agent.history(target, { limit: PAGE, signal: context.mcpReq.signal });
  const text = frames(messages, { nowMs: Date.now(), reader: agent.info });
  return { contents: [{ uri: uri.href, mimeType: MARKDOWN, text }] };
}

async function taskList(uri: URL, desk: Desk, context: ServerContext) {
  const { info } = await desk.agent(context);
  const list =
    info.project === null
      ? { tasks: [] }
      : await desk.client.tasks.list(info.project, { signal: context.mcpReq.signal });
  return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(list) }] };
}

/** A variable of a template, as it was meant. */
function one(variable: string | string[] | undefined): string {
  return decodeURIComponent(Array.isArray(variable) ? variable.join(',') : (variable ?? ''));
}
