import { type Check, checkHealth, diagnosticsOf } from '@lalia/client';
import { command } from '../command.ts';
import { checkHooks } from '../hook-check.ts';
import { writeNewFile } from '../new-file.ts';
import { findings } from '../render/findings.ts';
import { jsonText } from '../render/json.ts';

/** Checks of parts that @lalia/client does not know, such as the hooks of harnesses. Each becomes a line of its own at the end. */
const MORE: readonly (() => Promise<Check>)[] = [checkHooks];

export const doctor = command({
  name: 'doctor',
  group: 'The daemon',
  summary: 'Check that all is well, and name the command that mends what is not.',
  args: {},
  flags: {
    fix: { kind: 'switch', summary: 'Mend what can do no harm: modes of files, leftovers, an older daemon.' },
    bundle: {
      kind: 'text',
      value: 'FILE',
      completes: 'file',
      summary: 'Write the findings into a new file, to send to somebody: no messages, no keys.',
    },
  },
  examples: [
    { does: 'Look', line: 'lalia doctor' },
    { does: 'Send it to somebody who can help', line: 'lalia doctor --bundle lalia.json' },
  ],
  run: async ({ flags, session }) => {
    const health = await checkHealth({ fix: flags.fix, more: MORE });
    const { bundle } = flags;
    if (bundle !== undefined) writeNewFile(bundle, jsonText(diagnosticsOf(health)));
    if (!health.healthy) session.exitWith(1);
    return { ...health, reason: health.healthy ? null : ('unhealthy' as const), bundle: bundle ?? null };
  },
  render: findings,
});
