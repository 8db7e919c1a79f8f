/** Installing and uninstalling: first everything is decided, then shown, then done. */
import { type Environment, isLaliaError } from '@lalia/client';
import type { Hooks, Scope, SetupPlace, WantedEntry, WantedFile } from '../adapter.ts';
import { hasHooks, missingEntries, withEntries, withoutEntries } from './entries.ts';
import { JsonFault } from './json-text.ts';
import { type FoundFile, findFile, refused, removeEmptyFolders, replaceFile } from './own-file.ts';
import { digest, Records } from './record.ts';

export interface SetupRequest {
  readonly hooks: Hooks;
  readonly scope: Scope;
  /** The person's home folder, or the repository's. */
  readonly root: string;
  readonly env: Environment;
  /** Lalia's own home, for what is kept of the files. */
  readonly home: string;
  /** The command line of an event's hook. */
  readonly command: (event: string) => string;
  /** Whether agents may run harmless commands unasked and out of the sandbox. */
  readonly allow: boolean;
}

/** What happens to one file. */
export interface FileChange {
  readonly path: string;
  readonly action: 'create' | 'change' | 'remove' | 'none';
  readonly found: FoundFile;
  /** What it is to be; undefined where it goes. */
  readonly text: string | undefined;
}

/** Decides what installing changes. @throws LaliaError `file_refused`, with nothing changed. */
export function planInstall(request: SetupRequest): readonly FileChange[] {
  return merged(wantedFiles(request, request.allow)).map((wanted) => {
    const found = lookAt(wanted, request);
    const text =
      wanted.kind === 'own' ? ownText(found, wanted) : edited(found, (old) => withEntries(old, wanted));
    return changeOf(found, text);
  });
}

/** Decides what uninstalling changes: also what an installation with other options, or of another version, left. */
export function planUninstall(request: SetupRequest): readonly FileChange[] {
  const records = new Records(request.home);
  return merged(wantedFiles(request, true)).map((wanted) => {
    const found = lookAt(wanted, request);
    if (found.text === undefined) return changeOf(found, undefined);
    const record = records.get(found.path);
    if (record !== undefined && digest(found.text) === record.after) {
      return changeOf(found, record.before ?? undefined);
    }
    if (wanted.kind === 'own') return changeOf(found, isOwn(found.text) ? undefined : found.text);
    const before = record === undefined ? undefined : (record.before ?? '');
    const text = edited(found, (old) => withoutEntries(old, wanted.entries, before));
    // Nothing is left of a file that was made for us.
    if (record?.before === null && isBare(text, wanted.base)) return changeOf(found, undefined);
    return changeOf(found, text);
  });
}

/** Does what was decided, and keeps what was there before. */
export function carryOut(
  changes: readonly FileChange[],
  { home, hooks, scope, root, env, command }: SetupRequest,
  direction: 'install' | 'uninstall',
): void {
  const records = new Records(home);
  const entries = new Map(
    merged(wantedFiles({ hooks, scope, root, env, command }, true)).map((wanted) => [wanted.path, wanted]),
  );
  const folders = new Set<string>();
  for (const { path, found, text, action } of changes) {
    const known = records.get(path);
    if (action !== 'none') {
      const made = replaceFile(found, text);
      if (direction === 'install' && text !== undefined) {
        const wanted = entries.get(path);
        const before = beforeOf(found, known, wanted?.kind === 'entries' ? wanted.entries : []);
        records.put({
          path,
          before,
          after: digest(text),
          folders: known?.folders.length ? known.folders : made,
        });
      }
    }
    if (direction === 'install') continue;
    for (const folder of known?.folders ?? []) folders.add(folder);
    records.remove(path);
  }
  removeEmptyFolders([...folders].toSorted((a, b) => a.length - b.length));
}

/** What is installed of a harness. */
export interface FileState {
  readonly path: string;
  readonly purpose: 'hooks' | 'allow';
  /** `stale`: another version, or somebody, wrote it differently. */
  readonly state: 'installed' | 'stale' | 'missing' | 'refused';
  /** What is wrong with it. */
  readonly problem: string | null;
}

/** Looks at everything that installing would write. */
export function setupState(request: SetupRequest): readonly FileState[] {
  const place: SetupPlace = { scope: request.scope, root: request.root, env: request.env };
  const { setup } = request.hooks;
  const allow = setup.allow?.(place);
  return [
    stateOf(setup.hooks(place, request.command), 'hooks', request),
    ...(allow === undefined ? [] : [stateOf(allow, 'allow', request)]),
  ];
}

function stateOf(wanted: WantedFile, purpose: FileState['purpose'], request: SetupRequest): FileState {
  const { path } = wanted;
  try {
    const { text } = lookAt(wanted, request);
    if (text === undefined) return { path, purpose, state: 'missing', problem: null };
    if (wanted.kind === 'own') {
      return { path, purpose, state: text === wanted.text ? 'installed' : 'stale', problem: null };
    }
    const missing = edited({ path, target: path, text, mode: 0 }, (old) =>
      missingEntries(old, wanted.entries).length.toString(),
    );
    if (missing === '0') return { path, purpose, state: 'installed', problem: null };
    const isPartly = Number(missing) < wanted.entries.length || (purpose === 'hooks' && hasHooks(text));
    return { path, purpose, state: isPartly ? 'stale' : 'missing', problem: null };
  } catch (error) {
    if (!isLaliaError(error)) throw error;
    return { path, purpose, state: 'refused', problem: error.message };
  }
}

function wantedFiles(
  { hooks, scope, root, env, command }: Omit<SetupRequest, 'allow' | 'home'>,
  withAllow: boolean,
): readonly WantedFile[] {
  const place = { scope, root, env };
  const allow = withAllow ? hooks.setup.allow?.(place) : undefined;
  return [hooks.setup.hooks(place, command), ...(allow === undefined ? [] : [allow])];
}

/** One file for what two want in it. */
function merged(files: readonly WantedFile[]): readonly WantedFile[] {
  const [first, second] = files;
  if (first?.kind !== 'entries' || second?.kind !== 'entries' || first.path !== second.path) return files;
  return [{ ...first, entries: [...first.entries, ...second.entries] }];
}

function lookAt({ path }: WantedFile, { scope, root }: Pick<SetupRequest, 'scope' | 'root'>): FoundFile {
  return findFile(path, scope === 'project' ? root : undefined);
}

function ownText(found: FoundFile, { text }: { readonly text: string }): string {
  if (found.text === undefined || isOwn(found.text)) return text;
  throw refused(found.path, 'is there and was not written by Lalia', {
    hint: 'Move it away, and run it again.',
  });
}

/** A file that is ours as a whole says so. */
function isOwn(text: string): boolean {
  return /lalia hooks uninstall|lalia(\.js)?['"]?\s+hook\s/.test(text);
}

function edited(found: FoundFile, edit: (text: string) => string): string {
  try {
    return edit(found.text ?? '');
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw refused(found.path, `cannot be edited: ${error.message} (line ${String(error.line)})`, {
      hint: 'Mend it, and run it again; nothing was changed.',
      cause: error,
    });
  }
}

function changeOf(found: FoundFile, text: string | undefined): FileChange {
  const { path } = found;
  if (text === found.text) return { path, action: 'none', found, text };
  if (text === undefined) return { path, action: 'remove', found, text };
  return { path, action: found.text === undefined ? 'create' : 'change', found, text };
}

/** The text from before the first installation; where somebody changed the file since, that change stays. */
function beforeOf(
  found: FoundFile,
  known: ReturnType<Records['get']>,
  entries: readonly WantedEntry[],
): string | null {
  if (found.text === undefined) return null;
  if (known === undefined) return withoutEntries(found.text, entries, undefined);
  if (digest(found.text) === known.after) return known.before;
  return withoutEntries(found.text, entries, known.before ?? '');
}

function isBare(text: string, base: Readonly<Record<string, unknown>>): boolean {
  return text.replace(/\s/g, '') === JSON.stringify(base);
}
