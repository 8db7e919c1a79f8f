/**
 * What a commit of a transcript looks like when the journal made it: author and committer are the same and bear an address of
 * Lalia's, and the subject says what it brings. Whoever rebases, amends, squashes or merges leaves another one.
 */
import { isOid, type Oid } from '../journal/git/object-id.ts';
import { groupSize, isFirstSubject } from '../journal/subjects.ts';
import { placeOf } from './layout.ts';
import type { ProblemKind } from './report.ts';

export interface Commit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

export interface Fault {
  readonly kind: Extract<ProblemKind, 'foreign_commit' | 'rewritten_commit' | 'wrong_beginning'>;
  /** What is wrong, for a person; it stands after a path. */
  readonly sentence: string;
}

/** Digits of a commit's name that are shown. */
const SHORT = 10;
/** The subject of a message's commit, up to the first words of its body. */
const SUBJECT = /^(\S+) (?:->|in) (\S+) ([1-9]\d*)(?::| |$)/;
const IDENT = /^(.*) <(.*)> \d+ [+-]\d{4}$/;

export function shortOf(oid: Oid): string {
  return oid.slice(0, SHORT);
}

/** Reads a commit object. */
export function parseCommit(oid: Oid, content: Buffer): Commit {
  const text = content.toString();
  const end = text.indexOf('\n\n');
  const header = { tree: '', author: '', committer: '' };
  const parents: Oid[] = [];
  for (const line of (end === -1 ? text : text.slice(0, end)).split('\n')) {
    const space = line.indexOf(' ');
    const [key, value] = [line.slice(0, space), line.slice(space + 1)];
    if (key === 'parent') {
      if (isOid(value)) parents.push(value);
    } else if ((key === 'tree' || key === 'author' || key === 'committer') && header[key] === '') {
      header[key] = value;
    }
  }
  return { oid, ...header, parents, message: end === -1 ? '' : text.slice(end + 2) };
}

/** What is wrong with the first commit, which brings nothing but `.gitattributes`. */
export function faultOfFirst(commit: Commit, paths: readonly string[]): Fault | undefined {
  const [subject = ''] = commit.message.split('\n', 1);
  const isOurs = isFirstSubject(subject) && whoElse(commit) === undefined;
  if (isOurs && paths.every((path) => path === '.gitattributes')) return undefined;
  const sentence = `came with commit ${shortOf(commit.oid)}, the first one, and that is not how Lalia begins`;
  return { kind: 'wrong_beginning', sentence };
}

/**
 * What is wrong with a commit that brings something to the transcript.
 * @param paths all that it adds or changes, messages and documents.
 */
export function faultOf(commit: Commit, paths: readonly string[]): Fault | undefined {
  const where = `commit ${shortOf(commit.oid)}`;
  if (commit.parents.length > 1) {
    return { kind: 'foreign_commit', sentence: `came with ${where}, a merge, which Lalia never makes` };
  }
  const [author, committer] = [nameOf(commit.author), whoElse(commit)];
  if (!isOurAddress(commit.author)) {
    return { kind: 'foreign_commit', sentence: `came with ${where}, which ${author} made, not Lalia` };
  }
  if (committer !== undefined) {
    return { kind: 'rewritten_commit', sentence: `came with ${where}, which ${committer} made anew` };
  }
  if (saysSo(commit.message, paths)) return undefined;
  return { kind: 'rewritten_commit', sentence: `came with ${where}, which does not say so` };
}

/** Who committed it, if it was not its author; the author, if that is nobody of Lalia's. */
function whoElse({ author, committer }: Commit): string | undefined {
  if (author !== committer) return nameOf(committer);
  return isOurAddress(author) ? undefined : nameOf(author);
}

function isOurAddress(ident: string): boolean {
  const [, name = '', address = ''] = IDENT.exec(ident) ?? [];
  return address === `${name}@lalia.local`;
}

function nameOf(ident: string): string {
  return IDENT.exec(ident)?.[1] ?? 'somebody';
}

/** One change with a subject of its own, or a group whose subjects stand in the body. */
function saysSo(message: string, paths: readonly string[]): boolean {
  const { subjects, count } = changesSaidBy(message);
  if (count === undefined ? paths.length !== 1 : count !== subjects.length) return false;
  const said = new Set(subjects.map((subject) => keyOf(saidBy(subject))));
  return paths.every((path) => {
    const place = placeOf(path);
    return place === undefined || said.has(keyOf(place));
  });
}

/** A message, as the subject of the commit that brings it names it. */
export interface SaidMessage {
  readonly from: string;
  readonly to: string;
  readonly seq: number;
}

/** The messages that a commit says it brings. @returns none when it says that it brings something else as well. */
export function messagesSaidBy(message: string): SaidMessage[] {
  const said = changesSaidBy(message).subjects.map(saidBy);
  return said.every((one) => one !== undefined) ? said : [];
}

/** @returns also how many there should be, for a group. */
function changesSaidBy(message: string): { readonly subjects: readonly string[]; readonly count?: number } {
  const [subject = '', , ...body] = message.trimEnd().split('\n');
  const count = groupSize(subject);
  return count === undefined ? { subjects: [subject] } : { subjects: body, count };
}

/** The first words of a body are not compared: which characters they may have depends on the version of Unicode. */
function saidBy(subject: string): SaidMessage | undefined {
  const [, from, to, seq] = SUBJECT.exec(subject) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to, seq: Number(seq) };
}

function keyOf(message: Pick<SaidMessage, 'from' | 'seq'> | undefined): string | undefined {
  return message && `${message.from} ${String(message.seq)}`;
}
