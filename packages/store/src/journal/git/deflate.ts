/** Deflating what git reads (RFC 1950; git takes any window), with no more memory than the content needs. */
import { deflateSync } from 'node:zlib';

/** 4 KiB: what is smaller gains nothing. */
const LEAST_WINDOW_BITS = 12;
/** 16 KiB, the greatest for which zlib asks for no piece of 64 KiB, as it does four times with its own choice. */
const MOST_WINDOW_BITS = 14;
const LARGEST_PIECE_BYTES = 16 * 1024;

/**
 * zlib's own choice is 256 KiB for each call, which a daemon that gives memory back soon (client/frugal.ts) has mapped and cleared
 * anew each time: 150 µs for a message of 250 bytes, instead of 20.
 * @param level zlib's, 1 to 9; its own choice is 6.
 */
export function deflate(content: Uint8Array, level?: number): Buffer {
  const bits = Math.ceil(Math.log2(content.length));
  const windowBits = Math.min(Math.max(bits, LEAST_WINDOW_BITS), MOST_WINDOW_BITS);
  // Half a kilobyte more than the content: what cannot be deflated is stored, with a few bytes a block.
  const chunkSize = Math.min(content.length + 512, LARGEST_PIECE_BYTES);
  return deflateSync(content, { level, windowBits, memLevel: windowBits - 7, chunkSize });
}
