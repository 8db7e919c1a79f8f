/** Git's deltas (gitformat-pack, "Deltified representation"): an object as copies out of another one and new bytes. */

/** Makes the object that a delta describes. @throws RangeError when the delta does not fit its base. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const reader = new DeltaReader(delta);
  const baseSize = reader.size();
  const result = Buffer.allocUnsafe(reader.size());
  if (baseSize !== base.length) throw new RangeError('A delta has another base.');
  let at = 0;
  while (!reader.ended) {
    const command = reader.byte();
    if (command & 0x80) {
      const from = reader.number(command, 4);
      const length = reader.number(command >> 4, 3) || 0x10000;
      at += base.copy(result, at, from, from + length);
    } else {
      at += delta.copy(result, at, reader.at, reader.skip(command));
    }
  }
  if (at !== result.length) throw new RangeError('A delta makes an object of another size.');
  return result;
}

class DeltaReader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.at++);
  }

  skip(length: number): number {
    this.at += length;
    return this.at;
  }

  /** A number of seven bits a byte, the lowest first. */
  size(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return value;
    }
  }

  /** A number of which only the bytes that `mask` names are written, the lowest first. */
  number(mask: number, bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) {
      if (mask & (1 << index)) value += this.byte() * 256 ** index;
    }
    return value;
  }
}
