/** Git commit objects (git: gitformat-commit, as `git cat-file commit` shows them), written in one piece. */
import type { Oid } from './object-id.ts';

export interface CommitInput {
  readonly tree: Oid;
  readonly parent: Oid | undefined;
  /** One newline at its end, no NUL. */
  readonly message: string;
  /** The name of author and committer alike: one line, no angle brackets. */
  readonly author: string;
  readonly tsMs: number;
}

/** The content of a commit; its time is in UTC. */
export function commitContent({ tree, parent, message, author, tsMs }: CommitInput): Buffer {
  const person = `${author} <${author}@lalia.local> ${String(Math.floor(tsMs / 1000))} +0000`;
  const headers = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${person}`,
    `committer ${person}`,
  ];
  return Buffer.from(`${headers.join('\n')}\n\n${message}`);
}
