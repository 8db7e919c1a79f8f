/** The text of a message, from wherever it comes; read back it is byte for byte what was given. */
import { createReadStream, readFileSync } from 'node:fs';
import { bodyFromBytes, checkBody, fail, limits } from '@lalia/client';
import type { FlagSpec } from './command.ts';

export const FILE_FLAG = {
  kind: 'text',
  value: 'FILE',
  summary: 'Take the text from a file; - is standard input.',
} as const satisfies FlagSpec;

const STDIN = '-';

export interface BodySource {
  /** The argument; `-` is standard input. */
  readonly text: string | undefined;
  /** `--file`. */
  readonly file: string | undefined;
}

/**
 * Reads the text of a message.
 * @throws LaliaError `invalid_params` where there is none or more than one; and as `checkBody` does.
 */
export async function readBody({ text, file }: BodySource): Promise<string> {
  if (text !== undefined && file !== undefined) {
    throw fail('invalid_params', 'The text is given twice.', {
      hint: 'Give the text as an argument or with --file.',
    });
  }
  const source = file ?? text;
  if (source === undefined) {
    throw fail('invalid_params', 'There is no text to send.', {
      hint: 'Give the text as an argument, with --file FILE, or on standard input with -.',
    });
  }
  if (source === STDIN) return bodyFromBytes(await bounded(process.stdin));
  if (file !== undefined) return bodyFromBytes(await fromFile(file));
  checkArgument(source);
  checkBody(source);
  return source;
}

async function fromFile(file: string): Promise<Uint8Array> {
  try {
    return await bounded(createReadStream(file));
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw fail('invalid_params', UNREADABLE[code]?.(file) ?? `${file} cannot be read (${code}).`, {
      cause: error,
      context: { file, code },
      hint: 'Name a file of text that can be read with --file.',
    });
  }
}

const UNREADABLE: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${file}.`,
  ENOTDIR: (file) => `There is no file ${file}.`,
  EISDIR: (file) => `${file} is a folder, not a file.`,
  EACCES: (file) => `${file} may not be read by this user.`,
};

/** Reads a stream to its end, or to where it is known to be too long. */
async function bounded(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limits.MAX_BODY_BYTES) {
      throw fail('message_too_large', `The message has more than ${String(limits.MAX_BODY_BYTES)} bytes.`, {
        context: { max_bytes: limits.MAX_BODY_BYTES },
      });
    }
  }
  return Buffer.concat(chunks);
}

/** Node replaces what is not UTF-8 in the arguments without a word; where it might have, the system still has the bytes. */
function checkArgument(text: string): void {
  if (!text.includes('\ufffd')) return;
  let line: Uint8Array;
  try {
    line = readFileSync('/proc/self/cmdline');
  } catch {
    return;
  }
  checkUtf8(line);
}

function checkUtf8(line: Uint8Array): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch (cause) {
    throw fail('invalid_utf8', 'The message is not valid UTF-8.', { cause });
  }
}
