import { fail, limits } from '@lalia/client';
import { command } from '../command.ts';
import { retentionLine } from '../render/retention-line.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const retention = command({
  name: 'retention',
  group: 'The daemon',
  summary: 'Show or say how long the database keeps bodies; the transcript keeps them for ever.',
  args: {},
  flags: {
    keep: {
      kind: 'text',
      value: 'DAYS|forever',
      summary: 'From now on: so many days, as 90 or 90d, or forever.',
    },
  },
  examples: [
    {
      does: 'Give up what is older than 90 days, read, answered and in the transcript',
      line: 'lalia retention --keep 90',
    },
  ],
  run: async ({ flags, session }) => {
    const client = await session.client();
    if (flags.keep === undefined) return client.call('retention', {});
    return client.call('retention_set', { keep_ms: keepMs(flags.keep) });
  },
  render: (state) => `${retentionLine(state)}\n`,
});

function keepMs(text: string): number | null {
  if (text === 'forever') return null;
  const [, days] = /^(\d+(?:\.\d+)?)d?$/.exec(text) ?? [];
  const ms = days === undefined ? Number.NaN : Math.round(Number(days) * DAY_MS);
  if (ms <= limits.MAX_RETENTION_MS) return ms;
  throw fail(
    'invalid_params',
    `--keep takes days, or forever, not "${text.replace(/\p{C}/gu, '?').slice(0, 40)}".`,
    {
      hint: 'Say `lalia retention --keep 90`, or `lalia retention --keep forever`.',
    },
  );
}
