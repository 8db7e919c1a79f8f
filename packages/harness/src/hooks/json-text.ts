/**
 * Edits of somebody else's JSON or JSONC, as text: what is added is inserted, what is taken away is cut out, and every
 * other byte stays where it was, with comments, order, tabs and line ends.
 */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** From the root: names of members, positions of items. */
export type JsonPath = readonly (string | number)[];

/** A text that cannot be edited safely, and where. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  /** From 1. */
  readonly line: number;

  constructor(what: string, line: number) {
    super(what);
    this.line = line;
  }
}

/**
 * Parses JSON with comments and trailing commas.
 * @returns the root; undefined where there is nothing but spaces and comments.
 * @throws JsonFault for anything that is not an object without repeated names on the way to what is edited.
 */
export function jsonTree(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors;
  if (first !== undefined) {
    throw new JsonFault(`it is not JSON (${printParseErrorCode(first.error)})`, lineOf(text, first.offset));
  }
  if (root !== undefined && root.type !== 'object') throw new JsonFault('it is not a JSON object', 1);
  return root;
}

/** What is at a path of a text. */
export function jsonNode(text: string, path: JsonPath): Node | undefined {
  const root = jsonTree(text);
  return root === undefined ? undefined : findNodeAtLocation(root, [...path]);
}

/**
 * Adds an item to the array, or a member to the object, at a path; makes the path where it is not there.
 * @param kind of the container at the end of the path; those before it are objects.
 * @throws JsonFault where something else than such a container is there.
 */
export function insertInto(text: string, path: JsonPath, entry: Entry): string {
  const root = jsonTree(text);
  const isList = entry.name === undefined;
  if (root === undefined) {
    const eol = text === '' || text.endsWith('\n') ? '' : lineEnd(text);
    return `${text}${eol}${print(nested(path, entry), { eol: lineEnd(text), unit: '  ', indent: '' })}${lineEnd(text)}`;
  }
  let container = root;
  for (const [index, key] of path.entries()) {
    const kind = isList && index === path.length - 1 ? 'array' : 'object';
    const next = member(text, container, String(key));
    if (next === undefined) {
      return append(text, container, { name: String(key), value: nested(path.slice(index + 1), entry) });
    }
    if (next.type !== kind) {
      throw new JsonFault(
        `"${path.slice(0, index + 1).join('.')}" is not ${kind === 'array' ? 'a list' : 'an object'}`,
        lineOf(text, next.offset),
      );
    }
    container = next;
  }
  return append(text, container, entry);
}

/** What is added: an item, or a member where it has a name. */
export interface Entry {
  readonly name?: string;
  readonly value: unknown;
}

/** Cuts out what is at a path, with the comma and the spaces that go with it. */
export function removeAt(text: string, path: JsonPath): string {
  const found = jsonNode(text, path);
  if (found === undefined) return text;
  const node = found.parent?.type === 'property' ? found.parent : found;
  const siblings = node.parent?.children ?? [];
  const index = siblings.indexOf(node);
  const end = node.offset + node.length;
  const start = beforeSpaces(text, node.offset);
  const commaAfter = commaFrom(text, end);
  if (commaAfter !== undefined) return cut(cut(text, commaAfter, commaAfter + 1), start, end);
  const previous = siblings[index - 1];
  if (previous !== undefined) {
    const comma = commaFrom(text, previous.offset + previous.length) ?? start;
    return cut(cut(text, start, end), comma, comma + 1);
  }
  const opensBefore = start === (node.parent?.offset ?? -1) + 1;
  return cut(text, start, opensBefore ? afterSpaces(text, end) : end);
}

/** The line that an offset is in, from 1. */
function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function member(text: string, object: Node, name: string): Node | undefined {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === name);
  if (found.length > 1) {
    throw new JsonFault(`"${name}" is there twice`, lineOf(text, found[1]?.offset ?? 0));
  }
  return found[0]?.children?.[1];
}

function nested(path: JsonPath, entry: Entry): unknown {
  const inner = entry.name === undefined ? [entry.value] : { [entry.name]: entry.value };
  return path.toReversed().reduce<unknown>((value, key) => ({ [key]: value }), inner);
}

function append(text: string, container: Node, entry: Entry): string {
  const { offset, length, children = [] } = container;
  const source = text.slice(offset, offset + length);
  const last = children.at(-1);
  const isInline = !source.includes('\n') && last !== undefined;
  const style = { eol: lineEnd(text), unit: indentUnit(text), indent: childIndent(text, container) };
  const item = isInline ? inline(entry) : written(entry, style);
  if (last === undefined) {
    const closing = source.slice(1, -1).includes('\n') ? '' : `${style.eol}${lineIndent(text, offset)}`;
    const at = beforeSpaces(text, offset + length - 1);
    return put(text, at, `${style.eol}${style.indent}${item}${closing}`);
  }
  const end = last.offset + last.length;
  const comma = commaFrom(text, end);
  if (isInline) return put(text, end, `, ${item}`);
  const lead = `${style.eol}${style.indent}${item}`;
  if (comma !== undefined) return put(text, afterComments(text, comma + 1), `${lead},`);
  return put(put(text, afterComments(text, end), lead), end, ',');
}

interface Style {
  readonly eol: string;
  readonly unit: string;
  readonly indent: string;
}

function written(entry: Entry, style: Style): string {
  const value = print(entry.value, style);
  return entry.name === undefined ? value : `${JSON.stringify(entry.name)}: ${value}`;
}

function inline({ name, value }: Entry): string {
  return name === undefined ? JSON.stringify(value) : `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

function print(value: unknown, { eol, unit, indent }: Style): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
}

function lineEnd(text: string): string {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

/** How deep one level is indented: as the first line that is. */
function indentUnit(text: string): string {
  return /^([ \t]+)["{[]/m.exec(text)?.[1] ?? '  ';
}

function childIndent(text: string, { offset, children = [] }: Node): string {
  const [first] = children;
  if (first !== undefined && isFirstOfLine(text, first.offset)) return lineIndent(text, first.offset);
  return lineIndent(text, offset) + indentUnit(text);
}

/** The spaces at the beginning of the line that an offset is in. */
function lineIndent(text: string, offset: number): string {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(begin))?.[0] ?? '';
}

function isFirstOfLine(text: string, offset: number): boolean {
  return /(^|\n)[ \t]*$/.test(text.slice(0, offset));
}

const COMMENT = /\/\/[^\n\r]*|\/\*[\s\S]*?\*\//y;

/** The comma that follows an offset, after spaces and comments. */
function commaFrom(text: string, offset: number): number | undefined {
  let at = offset;
  while (true) {
    at = afterSpaces(text, at);
    COMMENT.lastIndex = at;
    const comment = COMMENT.exec(text);
    if (comment === null) return text[at] === ',' ? at : undefined;
    at += comment[0].length;
  }
}

/** After the comments that stand in the same line: they speak of what is before them. */
function afterComments(text: string, offset: number): number {
  let at = offset;
  while (true) {
    const next = at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
    COMMENT.lastIndex = next;
    const comment = COMMENT.exec(text);
    if (comment === null || comment[0].includes('\n')) return at;
    at = next + comment[0].length;
  }
}

function beforeSpaces(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

function afterSpaces(text: string, offset: number): number {
  let at = offset;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function put(text: string, offset: number, inserted: string): string {
  return text.slice(0, offset) + inserted + text.slice(offset);
}

function cut(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(end);
}
