/** Conversations and tasks to look at, for clients that let their user pick some. */
import { agentAddress, fail, frames, roomAddress } from '@lalia/client';
import { type McpServer, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import { unreadable } from './answer.ts';
import type { Desk } from './desk.ts';

const PAGE = 100;
const MARKDOWN = 'text/markdown';

export function registerResources(server: McpServer, desk: Desk): void {
  server.registerResource(
    'channel',
    template('lalia://channel/{peer}', 'peer', (context) => channels(desk, context)),
    { title: 'A channel', description: 'The last messages between you and an agent.', mimeType: MARKDOWN },
    (uri, { peer }, context) => transcript({ uri, target: () => ({ peer: one(peer) }) }, desk, context),
  );
  server.registerResource(
    'room',
    template('lalia://room/{room}', 'room', (context) => rooms(desk, context)),
    { title: 'A room', description: 'The last messages of a room you are in.', mimeType: MARKDOWN },
    (uri, { room }, context) => transcript({ uri, target: () => ({ room: one(room) }) }, desk, context),
  );
  server.registerResource(
    'tasks',
    'lalia://tasks',
    { title: 'Tasks', description: 'The task list of your project.', mimeType: 'application/json' },
    (uri, context) => taskList(uri, desk, context),
  );
}

/** @param find the addresses of what there is; they are listed, and complete what was typed of one. */
function template(
  pattern: string,
  variable: string,
  find: (context?: ServerContext) => Promise<readonly string[]>,
): ResourceTemplate {
  const addresses = (context?: ServerContext) =>
    find(context).catch((error: unknown) => {
      throw unreadable(pattern, error);
    });
  return new ResourceTemplate(pattern, {
    list: async (context) => ({
      resources: (await addresses(context)).map((address) => ({
        uri: pattern.replace(`{${variable}}`, encodeURIComponent(address)),
        name: address,
        title: address,
        mimeType: MARKDOWN,
      })),
    }),
    complete: {
      [variable]: async (typed) => (await addresses()).filter((address) => address.startsWith(typed)),
    },
  });
}

async function channels(desk: Desk, context?: ServerContext): Promise<readonly string[]> {
  const agent = await desk.anyAgent(context);
  const found = await agent?.channels({ signal: context?.mcpReq.signal });
  return found?.channels.map((channel) => agentAddress(channel.with)) ?? [];
}

async function rooms(desk: Desk, context?: ServerContext): Promise<readonly string[]> {
  const agent = await desk.anyAgent(context);
  const found = await agent?.rooms({ signal: context?.mcpReq.signal });
  return found?.rooms.filter(({ joined }) => joined).map(roomAddress) ?? [];
}

interface Wanted {
  readonly uri: URL;
  readonly target: () => { readonly peer: string } | { readonly room: string };
}

async function transcript({ uri, target }: Wanted, desk: Desk, context: ServerContext) {
  try {
    const agent = await desk.agent(context);
    const { messages } = await agent.history(target(), { limit: PAGE, signal: context.mcpReq.signal });
    const text = frames(messages, { nowMs: Date.now(), reader: agent.info });
    return { contents: [{ uri: uri.href, mimeType: MARKDOWN, text }] };
  } catch (error) {
    throw unreadable(uri.href, error);
  }
}

async function taskList(uri: URL, desk: Desk, context: ServerContext) {
  try {
    const { info } = await desk.agent(context);
    const list =
      info.project === null
        ? { tasks: [] }
        : await desk.client.tasks.list(info.project, { signal: context.mcpReq.signal });
    return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(list) }] };
  } catch (error) {
    throw unreadable(uri.href, error);
  }
}

/** A variable of a template, as it was meant. */
function one(variable: string | string[] | undefined): string {
  const text = Array.isArray(variable) ? variable.join(',') : (variable ?? '');
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw fail('invalid_params', `"${text}" is not percent-encoded UTF-8.`, { cause });
  }
}
