/** The extension by which an idle Copilot is woken: its hooks only run while it works. Facts: the project's harness notes, section 3. */
import { listenPart, PLUGIN_IMPORTS } from '../hooks/plugin.ts';

/** @param command makes the command line of an event's hook. */
export function copilotExtension(command: (event: string) => string): string {
  return `// Copilot loads extensions where it is started with --experimental. Standard output belongs to it.
${PLUGIN_IMPORTS}
import { env } from 'node:process';
import { joinSession } from '@github/copilot-sdk/extension';
${listenPart(command)}
const session = await joinSession({});
listen(env.SESSION_ID ?? session.sessionId, (line) => session.send({ prompt: line, mode: 'enqueue' }));
`;
}
