/** How entries become commits: one each while they come at the pace of a conversation, grouped under a backlog. */
import type { JournalEntry } from './entry.ts';
import { groupSubject, LALIA } from './subjects.ts';

/** A group of this many is a backlog. Below it each entry has a commit of its own, though all are made safe together. */
const BACKLOG = 16;

export interface CommitPlan<Item> {
  readonly items: readonly Item[];
  readonly message: string;
  readonly author: string;
  readonly tsMs: number;
}

/** The commits for a group, in order. */
export function plansOf<Item extends { readonly entry: JournalEntry }>(
  items: readonly Item[],
): CommitPlan<Item>[] {
  if (items.length > BACKLOG) return [grouped(items)];
  return items.map((item) => ({
    items: [item],
    message: `${oneLine(item.entry.subject)}\n`,
    author: item.entry.author.name,
    tsMs: item.entry.tsMs,
  }));
}

function grouped<Item extends { readonly entry: JournalEntry }>(items: readonly Item[]): CommitPlan<Item> {
  const entries = items.map(({ entry }) => entry);
  const authors = new Set(entries.map(({ author }) => author.name));
  const [author = LALIA] = authors;
  return {
    items,
    message: `${groupSubject(items.length)}\n\n${entries.map(({ subject }) => `${oneLine(subject)}\n`).join('')}`,
    author: authors.size === 1 ? author : LALIA,
    tsMs: Math.max(...entries.map(({ tsMs }) => tsMs)),
  };
}

function oneLine(subject: string): string {
  // A NUL or a newline would break the commit object or its subject.
  return subject.replace(/\p{C}+/gu, ' ').trim() || 'A change';
}
