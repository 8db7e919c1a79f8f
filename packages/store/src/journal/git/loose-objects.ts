/** Loose objects: one deflated file an object, `objects/ab/cdef…` (git: gitformat-loose). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { hasCode } from '../system-errors.ts';
import { deflate } from './deflate.ts';
import { type GitObject, type ObjectType, type Oid, objectHeader } from './object-id.ts';

const TYPES: readonly ObjectType[] = ['commit', 'tree', 'blob', 'tag'];

/** Where an object lies below its `objects` folder. */
export function loosePath(objects: string, oid: Oid): string {
  return join(objects, oid.slice(0, 2), oid.slice(2));
}

/** Reads a loose object. @returns undefined when it is not there. @throws RangeError when it is damaged. */
export function readLoose(objects: string, oid: Oid): GitObject | undefined {
  let file: Buffer;
  try {
    file = readFileSync(loosePath(objects, oid));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
  return parseLoose(file, oid);
}

/** Makes an object back from the bytes of its file. @throws RangeError when they are damaged. */
function parseLoose(file: Buffer, oid: Oid): GitObject {
  let whole: Buffer;
  try {
    whole = inflateSync(file);
  } catch (cause) {
    throw new RangeError(`The object ${oid} is damaged.`, { cause });
  }
  const headerEnd = whole.indexOf(0);
  const [type, size] = whole.toString('latin1', 0, Math.max(headerEnd, 0)).split(' ');
  const content = whole.subarray(headerEnd + 1);
  const known = TYPES.find((candidate) => candidate === type);
  if (known === undefined || size !== String(content.length))
    throw new RangeError(`The object ${oid} is damaged.`);
  return { type: known, content };
}

/** The bytes of a loose object's file. */
export function encodeLoose(type: ObjectType, content: Uint8Array): Buffer {
  return deflate(Buffer.concat([Buffer.from(objectHeader(type, content.length)), content]), 1);
}
