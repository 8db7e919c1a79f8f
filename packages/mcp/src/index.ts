/** @lalia/mcp: an MCP server over stdio, for one caller. */
export { type McpOptions, serveMcp } from './serve.ts';
