/** Where a watch stands, as the text that its caller brings back: the daemon itself keeps nothing for it. */
import { fail } from '@lalia/protocol';

export interface WatchPlace {
  /** The last message that was looked at, anybody's. */
  readonly ord: number;
  /** Of the daemon that counted `reads`. */
  readonly epoch: string;
  readonly reads: number;
}

const CURSOR = /^(\d{1,15})\.([0-9A-Z]{26})\.(\d{1,15})$/;

export function formatCursor({ ord, epoch, reads }: WatchPlace): string {
  return `${String(ord)}.${epoch}.${String(reads)}`;
}

/** @throws LaliaError `invalid_params` for what is no cursor. */
export function parseCursor(cursor: string): WatchPlace {
  const [, ord, epoch = '', reads] = CURSOR.exec(cursor) ?? [];
  if (ord === undefined) {
    throw fail('invalid_params', 'watch: cursor: is not one that an answer gave', {
      hint: 'Give back the `cursor` of the last answer as it was, or none to begin now.',
    });
  }
  return { ord: Number(ord), epoch, reads: Number(reads) };
}
