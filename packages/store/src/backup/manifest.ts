/**
 * What a backup says of itself: its first file, `backup.json`, what it is; its last one, `manifest.json`, each file with its sum.
 * Where the last is missing, it was cut off.
 */
import { isUlid } from '@lalia/protocol';
import type { AddedFile } from './tar.ts';

/** Another number only where an older Lalia could not restore it. */
export const BACKUP_FORMAT = 1;

export const ABOUT = 'backup.json';
export const MANIFEST = 'manifest.json';
export const DATABASE = 'database.sqlite';
export const KEYS = 'keys/';
export const REPOSITORY = 'transcript.git/';

export interface AboutBackup {
  readonly format: number;
  /** The version of Lalia that wrote it. */
  readonly lalia: string;
  readonly created_ts: number;
  /** Of the database; the same in every copy of a home. */
  readonly database_id: string;
  /** Where it was taken. */
  readonly home: string;
  readonly workspace: string;
}

export interface Manifest {
  readonly files: readonly AddedFile[];
}

/** The text of a backup's own documents. */
export function jsonBytes(document: AboutBackup | Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

/** @returns undefined for what is not the first document of a backup. */
export function parseAbout(text: string): AboutBackup | undefined {
  const found = parsed(text) as Partial<AboutBackup> | undefined;
  if (typeof found?.format !== 'number' || typeof found.lalia !== 'string') return undefined;
  const texts = [found.database_id, found.home, found.workspace];
  return texts.every((value) => typeof value === 'string') && typeof found.created_ts === 'number'
    ? (found as AboutBackup)
    : undefined;
}

/** @returns undefined for what is no manifest. */
export function parseManifest(text: string): Manifest | undefined {
  const found = parsed(text) as Partial<Manifest> | undefined;
  if (!Array.isArray(found?.files)) return undefined;
  const isFile = ({ name, size, sha256 }: Partial<AddedFile>): boolean =>
    typeof name === 'string' && typeof size === 'number' && typeof sha256 === 'string';
  return found.files.every(isFile) ? (found as Manifest) : undefined;
}

/** Whether a name in the archive is one that a backup has: it becomes a path. */
export function isBackupName(name: string): boolean {
  if (name === ABOUT || name === MANIFEST || name === DATABASE) return true;
  if (name.startsWith(KEYS)) return isUlid(name.slice(KEYS.length).replace(/\.key$/, ''));
  if (!name.startsWith(REPOSITORY)) return false;
  return (
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !name.includes('\0')
  );
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
