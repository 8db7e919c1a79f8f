/** A transcript's committed content, for whoever goes on with it: exports and new homes. Nothing is checked here but the form. */
import { join } from 'node:path';
import { fail, type Message, parseMessage } from '@lalia/protocol';
import { findGitFolder, type GitFolder } from '../journal/git/git-folder.ts';
import { type ListedFile, listFiles } from '../journal/git/list-files.ts';
import type { Oid } from '../journal/git/object-id.ts';
import { ObjectStore } from '../journal/git/object-store.ts';
import { type Commit, parseCommit } from './commit-form.ts';
import { headOf } from './head.ts';
import { type Place, placeOf } from './layout.ts';

export type MessageFile = ListedFile & Place;

export class Transcript implements Disposable {
  readonly repository: GitFolder;
  readonly head: Oid;
  readonly #objects: ObjectStore;

  constructor(repository: GitFolder, head: Oid) {
    this.repository = repository;
    this.head = head;
    this.#objects = new ObjectStore(join(repository.commonDir, 'objects'));
  }

  /** Every committed file. */
  files(): Generator<ListedFile> {
    const { tree } = this.#commit(this.head);
    return listFiles((oid) => this.#objects.readAs(oid, 'tree'), tree);
  }

  /** The content of a committed file. @throws RangeError when a partial or damaged clone has not got it. */
  content({ oid }: Pick<ListedFile, 'oid'>): Buffer {
    return this.#objects.readAs(oid, 'blob');
  }

  /** Where the objects lie: the repository's own folder, and those that it borrows from. */
  get objectFolders(): readonly string[] {
    return this.#objects.folders;
  }

  /** The files of messages, conversation by conversation, each in order. */
  messageFiles(): readonly MessageFile[] {
    const found = [...this.files()].flatMap((file) => {
      const place = placeOf(file.path);
      return place === undefined ? [] : [{ ...file, ...place }];
    });
    const order = (a: string | number, b: string | number) => Number(a > b) - Number(a < b);
    return found.sort((a, b) => order(a.conversation, b.conversation) || order(a.seq, b.seq));
  }

  /** The subject of the first commit, which names the database; undefined where the history is cut off. */
  firstSubject(): string | undefined {
    try {
      let commit = this.#commit(this.head);
      for (let [parent] = commit.parents; parent !== undefined; [parent] = commit.parents) {
        commit = this.#commit(parent);
      }
      return commit.message.split('\n', 1)[0];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  /** Reads a message. @throws LaliaError `verify_failed` when it cannot be read. */
  message(file: ListedFile): Message {
    try {
      return parseMessage(this.content(file).toString());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw fail('verify_failed', `${file.path} cannot be read: ${why}`, {
        hint: '`lalia verify` says what else is wrong.',
        cause: error,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#objects[Symbol.dispose]();
  }

  #commit(oid: Oid): Commit {
    return parseCommit(oid, this.#objects.readAs(oid, 'commit'));
  }
}

/** Opens a workspace or a clone, also a bare one. @returns undefined when it is none or has no commits. */
export function readTranscript(folder: string): Transcript | undefined {
  const repository = findGitFolder(folder);
  const head = repository && headOf(repository);
  return repository === undefined || head === undefined ? undefined : new Transcript(repository, head);
}
