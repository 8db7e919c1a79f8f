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

/** Bytes that one copy command can name. */
const MAX_COPY = 0xffffff;
/** New bytes that one command can carry. */
const MAX_INSERT = 0x7f;

/**
 * Describes an object by what it shares with another one at its beginning and at its end. That is all there is to find
 * between two versions of a tree that differ in one entry.
 */
export function makeDelta(base: Buffer, target: Buffer): Buffer {
  const most = Math.min(base.length, target.length);
  let head = 0;
  while (head < most && base[head] === target[head]) head++;
  let tail = 0;
  while (tail < most - head && base[base.length - 1 - tail] === target[target.length - 1 - tail]) tail++;
  return Buffer.concat([
    sizeBytes(base.length),
    sizeBytes(target.length),
    ...copies(0, head),
    ...inserts(target.subarray(head, target.length - tail)),
    ...copies(base.length - tail, tail),
  ]);
}

function sizeBytes(size: number): Buffer {
  const bytes: number[] = [];
  let left = size;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

function* copies(from: number, length: number): Generator<Buffer> {
  for (let done = 0; done < length; done += MAX_COPY) {
    const command = Buffer.alloc(8, 0xff);
    command.writeUInt32LE(from + done, 1);
    command.writeUIntLE(Math.min(length - done, MAX_COPY), 5, 3);
    yield command;
  }
}

function* inserts(bytes: Buffer): Generator<Buffer> {
  for (let done = 0; done < bytes.length; done += MAX_INSERT) {
    const now = bytes.subarray(done, done + MAX_INSERT);
    yield Buffer.from([now.length]);
    yield now;
  }
}
