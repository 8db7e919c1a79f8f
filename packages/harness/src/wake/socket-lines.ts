/** Lines of JSON to a socket that answers nothing. */
import { connect } from 'node:net';

const TIMEOUT_MS = 10_000;

/** Writes the lines, and resolves when the system has taken them and the connection is closed. @throws Error why not. */
export function writeLines(path: string, lines: readonly object[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`${path} does not take it`));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isGone = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(isGone ? new Error(`nobody listens at ${path}`) : error);
    });
    socket.on('connect', () => {
      socket.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
    socket.on('finish', () => {
      // What the other side says is nothing to us, and its end need not come.
      socket.destroySoon();
    });
    socket.on('close', (hadError) => {
      if (!hadError) resolve();
    });
  });
}
