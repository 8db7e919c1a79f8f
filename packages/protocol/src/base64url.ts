/** Base64url without padding (RFC 4648, section 5), in what every JavaScript runtime has. */

/** Encodes bytes. */
export function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Decodes a text.
 * @throws SyntaxError for anything but the one spelling that `toBase64Url` gives these bytes.
 */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = decode(text);
  // atob takes padding, blanks and stray bits at the end: two texts for the same bytes would be two signatures of one request.
  if (bytes === undefined || toBase64Url(bytes) !== text) throw new SyntaxError('The text is not base64url.');
  return bytes;
}

function decode(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
