/** Reads a pack back as bytes: whether each entry is what its checksum says, and nothing is between them. */
import { statSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { PACK_HEADER_BYTES, PACK_SUM_BYTES } from './pack-file.ts';
import { SummedFileReader } from './summed-file.ts';

const PIECE_BYTES = 64 * 1024;

/**
 * @param places for each entry its offset (upper 32 bits) and its CRC-32 (lower 32 bits), in rising order.
 * @throws RangeError when the pack is damaged.
 */
export function checkPack(path: string, places: BigUint64Array): void {
  using file = new SummedFileReader(path);
  const end = statSync(path).size - PACK_SUM_BYTES;
  const count = file.take(PACK_HEADER_BYTES).readUInt32BE(8);
  let at = PACK_HEADER_BYTES;
  let isWhole = count === places.length;
  for (let position = 0; isWhole && position < places.length; position++) {
    const place = places[position] ?? 0n;
    const next = places[position + 1];
    const nextAt = next === undefined ? end : Number(next >> 32n);
    isWhole = Number(place >> 32n) === at;
    let crc = 0;
    for (let left = nextAt - at; left > 0; ) {
      const piece = file.take(Math.min(left, PIECE_BYTES));
      crc = crc32(piece, crc);
      left -= piece.length;
      at += piece.length;
    }
    isWhole &&= crc === Number(place & 0xffffffffn);
  }
  const { found, wanted } = file.finish();
  if (!isWhole || !found.equals(wanted)) throw new RangeError(`The pack ${path} is damaged.`);
}
