/** Lalia's entries in somebody else's JSON: put in once, found again, taken out. */

import { getNodeValue } from 'jsonc-parser';
import type { WantedEntry } from '../adapter.ts';
import { type Entry, insertInto, type JsonPath, jsonNode, jsonTree, removeAt } from './json-text.ts';
import { withoutBom } from './own-file.ts';

/** A command line of ours, however the program is named before it. */
const OUR_COMMAND = /(?:^|[\s/'"])lalia(?:\.js)?['"]?\s+hook\s+[a-z-]+\s+\w+\s*$/;

/** Whether a command line runs one of our hooks. */
function isOurCommand(command: unknown): boolean {
  return typeof command === 'string' && OUR_COMMAND.test(command);
}

export interface WantedEntries {
  readonly base: Readonly<Record<string, unknown>>;
  readonly entries: readonly WantedEntry[];
}

/**
 * Puts entries in; those that are there already stay, and hooks of ours that are not wanted any more go.
 * @throws JsonFault for a text that cannot be edited safely.
 */
export function withEntries(source: string, { base, entries }: WantedEntries): string {
  const { bom, text: original } = withoutBom(source);
  let text = original;
  for (const [name, value] of Object.entries(base)) {
    if (jsonNode(text, [name]) === undefined) text = insertInto(text, [], { name, value });
  }
  const wantsHooks = entries.some(({ value }) => isOurHook(value));
  if (wantsHooks) text = removeHooks(text, (list, value) => !isWanted(entries, list, value));
  for (const { list, value } of entries) {
    if (!hasItem(text, list, value)) text = insertInto(text, list, { value } satisfies Entry);
  }
  return bom + text;
}

/**
 * Takes entries out, and the lists and objects that are empty by that.
 * @param original what was there before they were put in: what it has already stays; undefined where that is not known.
 */
export function withoutEntries(
  source: string,
  entries: readonly WantedEntry[],
  original: string | undefined,
): string {
  const { bom, text } = withoutBom(source);
  const before = original === undefined ? undefined : withoutBom(original).text;
  let result = removeHooks(text, () => true, before);
  for (const { list, value } of entries) {
    // Without a record nobody knows whether the person wrote it.
    if (before === undefined || isOurHook(value) || hasItem(before, list, value)) continue;
    const index = itemsOf(result, list).findIndex((item) => isSame(item, value));
    if (index !== -1) result = prune(removeAt(result, [...list, index]), list, before);
  }
  return bom + result;
}

/** Which entries are missing. */
export function missingEntries(source: string, entries: readonly WantedEntry[]): readonly WantedEntry[] {
  const { text } = withoutBom(source);
  return entries.filter(({ list, value }) => !hasItem(text, list, value));
}

/** Whether any of our hooks is in a text. */
export function hasHooks(source: string): boolean {
  const { text } = withoutBom(source);
  return removeHooks(text, () => true) !== text;
}

function isWanted(entries: readonly WantedEntry[], list: JsonPath, value: unknown): boolean {
  return entries.some((entry) => entry.list.join('\n') === list.join('\n') && isSame(entry.value, value));
}

/** A hook of ours alone: flat, or a group of nothing else. */
function isOurHook(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (isOurCommand(value['command'])) return true;
  const { hooks } = value;
  return (
    Array.isArray(hooks) &&
    hooks.length > 0 &&
    hooks.every((hook) => isObject(hook) && isOurCommand(hook['command']))
  );
}

/** @param isChosen of our hooks, which go. */
function removeHooks(
  source: string,
  isChosen: (list: JsonPath, value: unknown) => boolean,
  before: string | undefined = undefined,
): string {
  let text = source;
  const events = valueAt(text, ['hooks']);
  if (!isObject(events)) return text;
  for (const event of Object.keys(events)) {
    const list = ['hooks', event];
    const size = itemsOf(text, list).length;
    for (const [index, item] of [...itemsOf(text, list).entries()].toReversed()) {
      if (isOurHook(item)) {
        if (isChosen(list, item)) text = removeAt(text, [...list, index]);
      } else {
        text = removeFromGroup(text, [...list, index]);
      }
    }
    if (size > 0) text = prune(text, list, before);
  }
  return text;
}

/** Somebody put our command into a group of their own: the rest of the group is theirs. */
function removeFromGroup(source: string, group: JsonPath): string {
  let text = source;
  const handlers = itemsOf(text, [...group, 'hooks']);
  for (const [index, handler] of [...handlers.entries()].toReversed()) {
    if (isObject(handler) && isOurCommand(handler['command']))
      text = removeAt(text, [...group, 'hooks', index]);
  }
  return text;
}

/** Removes what is empty on a path, from its end; not what was there before. */
function prune(source: string, path: JsonPath, before: string | undefined): string {
  let text = source;
  for (let depth = path.length; depth > 0; depth -= 1) {
    const part = path.slice(0, depth);
    const value = valueAt(text, part);
    const isEmpty = Array.isArray(value)
      ? value.length === 0
      : isObject(value) && Object.keys(value).length === 0;
    const wasThere = before !== undefined && jsonNode(before, part) !== undefined;
    if (!isEmpty || wasThere) return text;
    text = removeAt(text, part);
  }
  return text;
}

function hasItem(text: string, list: JsonPath, value: unknown): boolean {
  return itemsOf(text, list).some((item) => isSame(item, value));
}

function itemsOf(text: string, list: JsonPath): readonly unknown[] {
  const value = valueAt(text, list);
  return Array.isArray(value) ? value : [];
}

function valueAt(text: string, path: JsonPath): unknown {
  jsonTree(text);
  const node = jsonNode(text, path);
  return node === undefined ? undefined : getNodeValue(node);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal whatever the order of the members, in which others may have written them. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}
