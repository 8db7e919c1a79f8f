/**
 * Compressed bitmaps as git's index has them (gitformat-bitmap, "Appendix A: Serialization format for an EWAH bitmap"):
 * the number of bits, the number of 64-bit words, the words, the position of the last run-length word.
 */

/** A bitmap without bits: one run-length word that says "nothing". */
export const EMPTY_BITMAP: Buffer = Buffer.from('0000000000000001000000000000000000000000', 'hex');

const WORD_BITS = 64;

/** The positions of the bits that are set, in rising order, and the bytes that follow the bitmap. */
export function bitsOf(data: Buffer): { readonly bits: number[]; readonly rest: Buffer } {
  const words = data.readUInt32BE(4);
  const bits: number[] = [];
  let position = 0;
  for (let index = 0; index < words; ) {
    const run = data.readBigUInt64BE(8 + index++ * 8);
    const runBits = Number((run >> 1n) & 0xffffffffn) * WORD_BITS;
    if (run & 1n) for (let bit = 0; bit < runBits; bit++) bits.push(position + bit);
    position += runBits;
    for (let literals = Number(run >> 33n); literals > 0; literals--) {
      const word = data.readBigUInt64BE(8 + index++ * 8);
      for (let bit = 0; bit < WORD_BITS; bit++) {
        if ((word >> BigInt(bit)) & 1n) bits.push(position + bit);
      }
      position += WORD_BITS;
    }
  }
  return { bits, rest: data.subarray(8 + words * 8 + 4) };
}
