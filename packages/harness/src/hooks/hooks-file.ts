/** The hooks of a harness as a file of their own, where a plugin brings them: made of the same entries as `hooks install` puts in. */
import { guardedCommand } from './guarded-command.ts';
import { HOOKS } from './table.ts';

/** Where nothing is installed, only the text counts. */
const NOWHERE = { scope: 'project', root: '/', env: {} } as const;

export interface HooksFileOptions {
  /** Makes the command line of an event's hook. */
  readonly command: (event: string) => string;
  /** Whether the hook that waits in the background is among them: the plugin has a monitor, and two would take each other's place. */
  readonly withListener: boolean;
}

/** The text of the file. @param harness its id, one with hooks. */
export function hooksFile(
  harness: string,
  { command, withListener }: HooksFileOptions = { command: guardedCommand(harness), withListener: false },
): string {
  const hooks = HOOKS.get(harness);
  if (hooks === undefined) throw new Error(`there are no hooks of ${harness}`);
  const wanted = hooks.setup.hooks(NOWHERE, command);
  if (wanted.kind === 'own') return wanted.text;
  const events: Record<string, unknown[]> = {};
  for (const { list, value } of wanted.entries) {
    if (!withListener && JSON.stringify(value).includes('asyncRewake')) continue;
    const event = list[1] ?? '';
    events[event] = [...(events[event] ?? []), value];
  }
  return `${JSON.stringify({ ...wanted.base, hooks: events }, null, 2)}\n`;
}
