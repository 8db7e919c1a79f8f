/**
 * Verifies a transcript (spec 6, promise 7): the workspace itself or any clone of it, also bare or packed, without a daemon and
 * without a git binary.
 */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGitFolder, type GitFolder } from '../journal/git/git-folder.ts';
import { type ListedFile, listFiles } from '../journal/git/list-files.ts';
import type { Oid } from '../journal/git/object-id.ts';
import { type CloneFacts, cloneFacts } from './clone-facts.ts';
import { parseCommit } from './commit-form.ts';
import { ConversationCheck } from './conversation-check.ts';
import { type Expectation, missingProblem } from './expectation.ts';
import { headOf } from './head.ts';
import { HistoryCheck } from './history.ts';
import { isDocument, isRegistryFile, type Place, placeOf } from './layout.ts';
import { checkMessage } from './message-check.ts';
import { ProvenObjects } from './proven-objects.ts';
import { Registry } from './registry.ts';
import { ProblemList, type VerifyReport } from './report.ts';
import { type Discrepancy, readCommitted, strayFiles } from './work-tree-check.ts';

export type { Expectation } from './expectation.ts';
export type { Problem, VerifyReport } from './report.ts';
export { renderVerifyReport } from './report-text.ts';

export interface VerifyOptions {
  /** Commits that have to be in the history: a transcript alone cannot show that its end was cut off. */
  readonly expected?: readonly Expectation[];
  /** Called now and then with how much is done. */
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

export interface VerifyProgress {
  readonly step: 'messages' | 'history';
  readonly done: number;
}

const PROGRESS_EVERY = 500;
/** A journal that is writing is between branch and files for some milliseconds; what is wrong for longer is wrong. */
const SECOND_LOOKS = 3;
const SECOND_LOOK_AFTER_MS = 200;

/**
 * Checks every signature, every conversation for gaps and duplicates, the history for changed messages, and the files for
 * uncommitted edits.
 * @param folder the work tree, or a bare repository.
 * @returns what is wrong; never rejects for anything that is wrong with the transcript.
 */
export async function verifyTranscript(folder: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const problems = new ProblemList();
  const repository = findGitFolder(folder);
  const head = repository && headOf(repository);
  if (repository === undefined || head === undefined) {
    problems.add({ kind: 'not_a_transcript', path: '', sentence: whyNone(folder, repository) });
    return {
      ...listed(problems),
      counts: { messages: 0, conversations: 0, agents: 0, commits: 0 },
      head: null,
      isShallow: false,
      isPartial: false,
    };
  }
  using verification = new Verification(repository, problems, options);
  return await verification.run(head);
}

function whyNone(folder: string, repository: GitFolder | undefined): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return `There is no folder ${folder}.`;
  if (!stat.isDirectory()) return `${folder} is a file; a transcript is a folder.`;
  const why = repository === undefined ? 'it is no git repository' : 'it has no commits';
  return `${folder} is not a transcript: ${why}.`;
}

function listed(problems: ProblemList): Pick<VerifyReport, 'problems' | 'first'> {
  const sorted = problems.sorted();
  return { problems: sorted, first: sorted.find(({ seq }) => seq !== null) ?? sorted[0] ?? null };
}

class Verification implements Disposable {
  readonly #repository: GitFolder;
  readonly #problems: ProblemList;
  readonly #options: VerifyOptions;
  readonly #facts: CloneFacts;
  readonly #objects: ProvenObjects;
  readonly #registry = new Registry();
  readonly #conversations: ConversationCheck;
  readonly #discrepancies: Discrepancy[] = [];
  /** Files whose content is only where a partial clone was made from. */
  readonly #notHere: string[] = [];
  /** What was said about the transcript as a whole: files and history may lack the same object. */
  readonly #unreadable = new Set<string>();
  #messages = 0;

  constructor(repository: GitFolder, problems: ProblemList, options: VerifyOptions) {
    this.#repository = repository;
    this.#problems = problems;
    this.#options = options;
    this.#facts = cloneFacts(repository.commonDir);
    this.#objects = new ProvenObjects(join(repository.commonDir, 'objects'));
    this.#conversations = new ConversationCheck(problems);
  }

  async run(head: Oid): Promise<VerifyReport> {
    const files = this.#guarded('', () => [...this.#filesOf(head)]);
    // In a repository of something else nothing is wrong as long as nothing is in it.
    if (files?.length === 0)
      this.#problems.add({
        kind: 'not_a_transcript',
        path: '',
        sentence: 'This is not a transcript: it has no files.',
      });
    this.#checkFiles(files ?? []);
    this.#conversations.finish();
    this.#reportNotHere();
    const commits = this.#checkHistory(head, files ?? []);
    this.#checkPacks();
    if (files !== undefined) await this.#settleDiscrepancies(files);
    const { cutOff, isPartial } = this.#facts;
    return {
      ...listed(this.#problems),
      counts: {
        messages: this.#messages,
        conversations: this.#conversations.count,
        agents: this.#registry.size,
        commits,
      },
      head,
      isShallow: cutOff.size > 0,
      isPartial,
    };
  }

  #checkHistory(head: Oid, files: readonly ListedFile[]): number {
    const history = new HistoryCheck({
      objects: this.#objects,
      problems: this.#problems,
      facts: this.#facts,
      files: files.map(({ path }) => path),
    });
    const onCommit = (done: number): void => this.#progress('history', done);
    const commits = this.#guarded('', () => history.check(head, onCommit)) ?? 0;
    for (const expected of this.#options.expected ?? []) {
      if (!history.has(expected.commit)) this.#problems.add(missingProblem(expected, history));
    }
    return commits;
  }

  /** What the history proves without reading it lies in packs, as a rule; these are read as bytes. */
  #checkPacks(): void {
    for (const pack of this.#objects.damagedPacks()) {
      const sentence = `The pack ${basename(pack)} is damaged.`;
      this.#problems.add({ kind: 'unreadable', path: '', sentence });
    }
  }

  #reportNotHere(): void {
    const [path, ...others] = this.#notHere;
    if (path === undefined) return;
    const rest = others.length === 0 ? '' : `, nor are ${String(others.length)} other files`;
    const sentence = `is not in this partial clone${rest}; clone without a filter to have them checked`;
    this.#problems.add({ kind: 'unreadable', path, sentence });
  }

  [Symbol.dispose](): void {
    this.#objects[Symbol.dispose]();
  }

  /** The registry first: the messages need its keys. */
  #checkFiles(files: readonly ListedFile[]): void {
    for (const file of files) if (isRegistryFile(file.path)) this.#checkFile(file);
    for (const file of files) if (!isRegistryFile(file.path)) this.#checkFile(file);
  }

  #checkFile(file: ListedFile): void {
    const { path } = file;
    const content = this.#guarded(path, () => this.#contentOf(file));
    const place = placeOf(path);
    if (place !== undefined) this.#checkMessage(path, place, content);
    else if (isRegistryFile(path)) {
      if (content !== undefined) this.#registry.add(path, content, this.#problems);
    } else if (!isDocument(path)) {
      this.#problems.add({
        kind: 'stray_file',
        path,
        sentence: 'is committed, but is no part of a transcript',
      });
    }
  }

  #checkMessage(path: string, place: Place, content: Buffer | undefined): void {
    const { conversation } = place;
    const message = content && checkMessage({ path, conversation, content }, this.#registry, this.#problems);
    if (message === undefined) this.#conversations.addUnreadable(place);
    else this.#conversations.add(conversation, message);
    this.#progress('messages', ++this.#messages);
  }

  /** The committed content: from the work tree if it is the same there, which is faster, else from the objects. */
  #contentOf(file: ListedFile): Buffer {
    const { workTree } = this.#repository;
    if (workTree === undefined) return this.#objects.readAs(file.oid, 'blob');
    const content = readCommitted(workTree, file);
    if (Buffer.isBuffer(content)) return content;
    this.#discrepancies.push(content);
    return this.#objects.readAs(file.oid, 'blob');
  }

  /** Files that differ may only have been looked at while the journal wrote: they are looked at again, against HEAD as it is then. */
  async #settleDiscrepancies(files: readonly ListedFile[]): Promise<void> {
    const { workTree } = this.#repository;
    if (workTree === undefined) return;
    const committed = new Set(files.map(({ path }) => path));
    let left = [...this.#discrepancies, ...strayFiles(workTree, committed)];
    for (let look = 0; look < SECOND_LOOKS && left.length > 0; look++) {
      await sleep(SECOND_LOOK_AFTER_MS);
      left = this.#lookAgain(workTree, left);
    }
    for (const discrepancy of left) this.#problems.add(discrepancy);
  }

  #lookAgain(workTree: string, discrepancies: readonly Discrepancy[]): Discrepancy[] {
    const head = headOf(this.#repository);
    const files = head === undefined ? [] : this.#guarded('', () => [...this.#filesOf(head)]);
    if (files === undefined) return [];
    const committed = new Map(files.map((file) => [file.path, file]));
    const strays = new Set(Array.from(strayFiles(workTree, committed), ({ path }) => path));
    return discrepancies.flatMap((discrepancy) => {
      const file = committed.get(discrepancy.path);
      if (file === undefined) return strays.has(discrepancy.path) ? [discrepancy] : [];
      const content = readCommitted(workTree, file);
      return Buffer.isBuffer(content) ? [] : [content];
    });
  }

  #filesOf(commit: Oid): Generator<ListedFile> {
    const { tree } = parseCommit(commit, this.#objects.readAs(commit, 'commit'));
    return listFiles((oid) => this.#objects.readAs(oid, 'tree'), tree);
  }

  /** A damaged or missing object is a finding, not the end. */
  #guarded<Result>(path: string, look: () => Result): Result | undefined {
    try {
      return look();
    } catch (error) {
      if (this.#facts.isPartial && path !== '') {
        this.#notHere.push(path);
        return undefined;
      }
      const sentence = error instanceof Error ? error.message : String(error);
      if (path !== '' || !this.#unreadable.has(sentence)) {
        this.#problems.add({ kind: 'unreadable', path, sentence });
      }
      if (path === '') this.#unreadable.add(sentence);
      return undefined;
    }
  }

  #progress(step: VerifyProgress['step'], done: number): void {
    if (done % PROGRESS_EVERY === 0) this.#options.onProgress?.({ step, done });
  }
}
