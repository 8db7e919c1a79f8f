/** Bytes out of this process. The only file that writes to standard output and standard error. */

/** Standard output could not take the result: its reader is gone, or the disk is full. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';
  /** Whether the reader closed its end, as `head` does: no mistake, and nothing to say about it. */
  readonly quiet: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`The result could not be written: ${cause.message}`, { cause });
    this.quiet = cause.code === 'EPIPE';
  }
}

/**
 * Writes to standard output.
 * @returns once the system has taken all of it.
 * @throws OutputLost when it has not.
 */
export function print(text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const { stdout } = process;
    // The error comes to the callback and as an event; without a listener the event would end the process.
    stdout.on('error', ignored);
    stdout.write(text, (error) => {
      if (error) reject(new OutputLost(error));
      else resolve();
    });
  });
}

/** Writes a line to standard error; where that is closed there is nobody to tell. */
export function note(text: string): void {
  if (!process.stderr.listeners('error').includes(ignored)) process.stderr.on('error', ignored);
  process.stderr.write(`${text}\n`);
}

function ignored(): void {
  // Whoever writes hears of it through the callback.
}
