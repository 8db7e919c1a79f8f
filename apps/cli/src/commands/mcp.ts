import { command } from '../command.ts';

export const mcp = command({
  name: 'mcp',
  group: 'Harnesses',
  summary: 'Serve the same as an MCP server over standard input and output, for a harness to start.',
  args: {},
  flags: {},
  examples: [{ does: 'Have Claude Code start it: claude mcp add lalia -- lalia mcp', line: 'lalia mcp' }],
  run: async ({ session }) => {
    const { serveMcp } = await import('@lalia/mcp');
    await serveMcp({ as: session.as });
    return undefined;
  },
  // What is printed is the protocol's.
  render: () => '',
});
