/** What a message body may be (spec 6). Client and daemon both check, so a mistake is told before anything is sent. */
import { fail } from './errors.ts';
import { utf8Bytes } from './framing.ts';
import { MAX_BODY_BYTES, MAX_ENCODED_BODY_BYTES } from './limits.ts';

/**
 * Checks a body that is text already.
 * @throws LaliaError `invalid_params` for what is no text, `empty_body`, `invalid_utf8` (a lone surrogate), `body_has_nul` or `message_too_large`.
 */
export function checkBody(body: unknown): asserts body is string {
  if (typeof body !== 'string') throw fail('invalid_params', 'The message is not a text.');
  if (body === '') throw fail('empty_body', 'The message is empty.');
  if (!body.isWellFormed()) throw fail('invalid_utf8', 'The message is not valid Unicode text.');
  if (body.includes('\0')) throw fail('body_has_nul', 'The message contains a NUL character.');
  const bytes = utf8Bytes(body);
  if (bytes > MAX_BODY_BYTES) {
    throw fail(
      'message_too_large',
      `The message has ${String(bytes)} bytes; at most ${String(MAX_BODY_BYTES)} are sent.`,
      {
        context: { bytes, max_bytes: MAX_BODY_BYTES },
      },
    );
  }
  checkEncoded(body, bytes);
}

/**
 * Decodes a body from bytes, and checks it.
 * @throws LaliaError as `checkBody`; `invalid_utf8` for bytes that are not UTF-8.
 */
export function bodyFromBytes(bytes: Uint8Array): string {
  let body: string;
  try {
    body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fail('invalid_utf8', 'The message is not valid UTF-8.', { cause });
  }
  checkBody(body);
  return body;
}

function checkEncoded(body: string, bytes: number): void {
  if (bytes * 6 + 2 <= MAX_ENCODED_BODY_BYTES) return;
  const encoded = utf8Bytes(JSON.stringify(body));
  if (encoded > MAX_ENCODED_BODY_BYTES) {
    throw fail(
      'message_too_large',
      `The message takes ${String(encoded)} bytes as JSON, mostly for control characters.`,
      {
        context: { encoded_bytes: encoded, max_encoded_bytes: MAX_ENCODED_BODY_BYTES },
      },
    );
  }
}
