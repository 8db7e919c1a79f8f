/** The tools, at most twelve: every one costs the model's context, in every session. */
import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { refused } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { agents, register } from './identity.ts';
import { history, search } from './looking-back.ts';
import { waiting } from './questions.ts';
import { read } from './read.ts';
import { rooms } from './rooms.ts';
import { ask, post, reply, tell } from './sending.ts';
import { tasks } from './tasks.ts';
import type { Tool } from './tool.ts';

const TOOLS: readonly Tool[] = [
  register,
  agents,
  tell,
  ask,
  reply,
  read,
  post,
  rooms,
  history,
  search,
  waiting,
  tasks,
];

export function registerTools(server: McpServer, desk: Desk): void {
  for (const { name, description, input, output, annotations, run } of TOOLS) {
    server.registerTool(
      name,
      { description, inputSchema: input, outputSchema: output, annotations },
      (given, context) => run(given, { desk, context }).then(declared(output), refused),
    );
  }
}

/** Leaves out what a newer daemon has more to say: a client refuses what the schema does not name. */
function declared(output: Tool['output']) {
  return (result: CallToolResult): CallToolResult => ({
    ...result,
    structuredContent: output.parse(result.structuredContent),
  });
}
