/** Installing and uninstalling hooks: what changes is shown before anything is written. */
import { oneLine, showControls } from '@lalia/client';
import {
  carryOut,
  difference,
  type FileChange,
  planInstall,
  planUninstall,
  Records,
  type SetupRequest,
} from '@lalia/harness';
import { HOOKED, type HookedHarness, harnessNamed, isInUse, setupRequest } from './hook-setup.ts';
import type { Session } from './session.ts';

export interface HookOrder {
  readonly direction: 'install' | 'uninstall';
  /** All that come into question, where none is named. */
  readonly harness: string | undefined;
  readonly project: boolean;
  readonly allow: boolean;
  readonly dryRun: boolean;
}

export interface ChangedFile {
  readonly harness: string;
  readonly path: string;
  readonly action: FileChange['action'];
  /** Lines as `diff` shows them. */
  readonly difference: readonly string[];
  /** Where the text from before is kept; null where nothing is. */
  readonly backup: string | null;
}

export interface ChangedHooks {
  readonly files: readonly ChangedFile[];
  readonly dry_run: boolean;
  /** What is left to the person. */
  readonly next: readonly string[];
}

/** @throws LaliaError `file_refused` for a file that cannot be edited: then none is. */
export async function changeHooks(order: HookOrder, session: Session): Promise<ChangedHooks> {
  const { direction, dryRun } = order;
  const chosen = order.harness === undefined ? inQuestion(order) : [harnessNamed(order.harness)];
  const decide = () => chosen.map((harness) => plan(harness, order));
  const first = decide();
  const next = direction === 'install' ? nextSteps(first, order) : [];
  const describe = (plans: readonly Plan[]): ChangedHooks => ({
    files: plans.flatMap((each) => each.changes.map((change) => describeChange(each, change))),
    dry_run: dryRun,
    next,
  });
  if (dryRun) return describe(first);
  const [request] = first.map((each) => each.request);
  if (request === undefined) return describe([]);
  if (!session.json) {
    await session.show({ document: undefined, text: () => shownFiles(describe(first).files) });
  }
  return new Records(request.home).alone(() => {
    // Another one may have been at work until now.
    const plans = decide();
    const done = describe(plans);
    for (const each of plans) carryOut(each.changes, each.request, direction);
    return done;
  });
}

interface Plan {
  readonly harness: HookedHarness;
  readonly request: SetupRequest;
  readonly changes: readonly FileChange[];
}

function plan(harness: HookedHarness, { direction, project, allow }: HookOrder): Plan {
  const request = setupRequest(harness, { project, allow });
  const changes = direction === 'install' ? planInstall(request) : planUninstall(request);
  return { harness, request, changes };
}

function inQuestion({ direction, project }: HookOrder): readonly HookedHarness[] {
  return direction === 'uninstall' || project ? HOOKED : HOOKED.filter(isInUse);
}

function describeChange({ harness, request }: Plan, { path, action, found, text }: FileChange): ChangedFile {
  const isKept = action === 'change' || (action === 'create' && found.text !== undefined);
  return {
    harness: harness.id,
    path,
    action,
    difference: difference(found.text ?? '', text ?? ''),
    backup: isKept ? new Records(request.home).placeOf(path) : null,
  };
}

function nextSteps(plans: readonly Plan[], { allow, project }: HookOrder): string[] {
  return plans.flatMap(({ harness, request }) => {
    const { setup } = harness.hooks;
    const place = { scope: request.scope, root: request.root, env: request.env };
    const offer =
      !allow && setup.allow?.(place) !== undefined
        ? [
            `${harness.title}: lalia hooks install ${harness.flag}${project ? ' --project' : ''} --allow also lets its agents run harmless lalia commands unasked and out of the sandbox.`,
          ]
        : [];
    return [...(setup.next === undefined ? [] : [setup.next]), ...offer];
  });
}

/** What was done, after the differences that were shown before. */
export function changedHooks({ files, dry_run: isDry, next }: ChangedHooks): string {
  const changed = files.filter(({ action }) => action !== 'none');
  const done = isDry
    ? `${shownFiles(files)}nothing was changed (--dry-run)\n`
    : changed.map(({ action, path }) => `${DONE[action]} ${oneLine(path)}\n`).join('');
  const idle =
    files.length === 0
      ? 'no harness was found; name one to install its hooks all the same\n'
      : 'nothing to change\n';
  const steps = next.length === 0 ? '' : `\n${next.map((step) => `${step}\n`).join('')}`;
  return (changed.length === 0 ? idle : done) + steps;
}

const DONE = { create: 'wrote', change: 'changed', remove: 'removed', none: 'left' } as const;

function shownFiles(files: readonly ChangedFile[]): string {
  return files
    .filter(({ action }) => action !== 'none')
    .map(({ path, action, difference: lines }) =>
      [`${action} ${oneLine(path)}`, ...lines.map((line) => `  ${showControls(line)}`), '', ''].join('\n'),
    )
    .join('');
}
