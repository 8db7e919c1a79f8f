/**
 * The command line of a hook where other people's machines read it too: the program is looked up, and its absence is no fault.
 * @param harness its id.
 * @returns what makes the command line of an event.
 */
export function guardedCommand(harness: string): (event: string) => string {
  return (event) => `command -v lalia >/dev/null 2>&1 || exit 0; exec lalia hook ${harness} ${event}`;
}
