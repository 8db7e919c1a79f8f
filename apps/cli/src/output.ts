/** Bytes out of this process. The only file that writes to standard output and standard error. */

/** Standard output could not take the result: its reader is gone, or the disk is full. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';
  /** Whether the reader closed its end, as `head` does: no mistake, and nothing to say about it. */
  readonly quiet: boolean;
  /** Whether there is no space for it. */
  readonly isFull: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`The result could not be written: ${cause.message}`, { cause });
    this.quiet = cause.code === 'EPIPE';
    this.isFull = cause.code === 'ENOSPC';
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
    ignoreErrors(process.stdout);
    process.stdout.write(text, (error) => {
      if (error) reject(new OutputLost(error));
      else resolve();
    });
  });
}

/**
 * Writes a line to standard error; where that is closed there is nobody to tell.
 * @param done called when the system has it, or will never have it.
 */
export function note(text: string, done?: () => void): void {
  ignoreErrors(process.stderr);
  process.stderr.write(`${text}\n`, done);
}

/**
 * A failing write is told to its caller and also as an event, which would end the process if nobody listened, or if
 * somebody threw what it tells, as oclif's listener does.
 */
export function ignoreErrors(stream: NodeJS.WriteStream): void {
  if (stream.listeners('error').includes(ignored)) return;
  stream.removeAllListeners('error');
  stream.on('error', ignored);
}

function ignored(): void {
  // Whoever writes hears of it through the callback.
}
