/** The name of a git object: SHA-1 over its header and content (git: gitformat-loose, "loose object format"). */
import { createHash } from 'node:crypto';

/** 40 lower-case hexadecimal digits. */
export type Oid = string;

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

export const OID_BYTES = 20;

/** The name that git gives to an object with this content. */
export function oidOf(type: ObjectType, content: Uint8Array): Oid {
  return createHash('sha1').update(objectHeader(type, content.length)).update(content).digest('hex');
}

/** What stands before the content, in the hash and in a loose object. */
export function objectHeader(type: ObjectType, sizeBytes: number): string {
  return `${type} ${String(sizeBytes)}\0`;
}

/** Whether a text is the full name of an object. */
export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
