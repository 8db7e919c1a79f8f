/** The shared file of a split index, in pieces: it has an entry for every message there ever was, so it is never held whole. */
import { isMissing } from '../system-errors.ts';
import { entryAt, HEADER_BYTES, type IndexEntry, indexHeader, parseHeader } from './index-file.ts';
import { OID_BYTES, type Oid } from './object-id.ts';
import { SummedFileReader, SummedFileWriter } from './summed-file.ts';

/** A path has 4 KiB at most. */
const MAX_ENTRY_BYTES = 8 * 1024;
const NO_SUM = Buffer.alloc(OID_BYTES);

export interface SharedIndex {
  readonly checksum: Oid;
  readonly count: number;
}

/** Reads through a shared file. @returns undefined when it is missing or damaged. */
export function checkShared(path: string): SharedIndex | undefined {
  return orUndefined(() => {
    using file = new SummedFileReader(path);
    const { count } = parseHeader(file.peek(HEADER_BYTES));
    for (const entry of entriesIn(file))
      if (entry.key === '') throw new RangeError('An index entry has no path.');
    return { checksum: endOf(file), count };
  });
}

interface Extension {
  /** The shared file so far; undefined for none. */
  readonly base: string | undefined;
  /** None of them is in the base. */
  readonly entries: readonly IndexEntry[];
  /** A path for the new file. */
  readonly draft: string;
}

/** Writes the shared file with more entries, as a new file that is safe. @returns undefined when the old one is missing or damaged. */
export function extendShared({ base, entries, draft }: Extension): SharedIndex | undefined {
  const added = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return orUndefined(() => {
    using stack = new DisposableStack();
    const old = base === undefined ? undefined : stack.use(new SummedFileReader(base));
    const { count, version } = old === undefined ? NOTHING : parseHeader(old.peek(HEADER_BYTES));
    const file = stack.use(new SummedFileWriter(draft));
    file.write(indexHeader(added, { count, version }));
    let at = 0;
    for (const entry of old === undefined ? [] : entriesIn(old)) {
      for (let next = added[at]; next !== undefined && next.key < entry.key; next = added[++at])
        file.write(next.bytes);
      if (added[at]?.key === entry.key) throw new RangeError('An index has an entry twice.');
      file.write(entry.bytes);
    }
    for (const next of added.slice(at)) file.write(next.bytes);
    if (old !== undefined) endOf(old);
    return { checksum: file.finish().toString('hex'), count: count + added.length };
  });
}

const NOTHING = { count: 0, version: 2 };

/** The bytes of an entry are valid until the next one. */
function* entriesIn(file: SummedFileReader): Generator<IndexEntry> {
  const { count } = parseHeader(file.take(HEADER_BYTES));
  for (let left = count; left > 0; left--) {
    const { key, bytes } = entryAt(file.peek(MAX_ENTRY_BYTES), 0);
    yield { key, bytes: file.take(bytes.length) };
  }
}

/** Extensions that may be ignored, and the sum. */
function endOf(file: SummedFileReader): Oid {
  for (let head = file.peek(8 + OID_BYTES); head.length === 8 + OID_BYTES; head = file.peek(8 + OID_BYTES)) {
    if (!/^[A-Z]/.test(head.toString('latin1', 0, 4)))
      throw new RangeError('An index has an unknown extension.');
    file.skip(8 + head.readUInt32BE(4));
  }
  const { found, wanted } = file.finish();
  if (!found.equals(wanted) && !found.equals(NO_SUM)) throw new RangeError('An index is damaged.');
  return found.toString('hex');
}

function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError || isMissing(error)) return undefined;
    throw error;
  }
}
