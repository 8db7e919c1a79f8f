import type { AgentRef, WatchEvent } from '@lalia/client';
import { command } from '../command.ts';
import { moment } from '../moment.ts';
import { watched } from '../render/watched.ts';
import type { Session } from '../session.ts';
import { anyConversation, ROOM_FLAG } from '../target.ts';

export const watch = command({
  name: 'watch',
  group: 'Look',
  summary: 'Show what is said as it is said, without taking anything; Ctrl-C ends it.',
  args: {
    with: {
      summary: 'An agent, or a room; without it, everything.',
      optional: true,
      completes: 'conversation',
    },
  },
  flags: {
    room: ROOM_FLAG,
    since: {
      kind: 'text',
      value: 'DATE|DURATION',
      summary: 'Begin then: 2026-11-20, 2026-11-20T14:30, or 3d, 2h, 90m ago.',
    },
  },
  examples: [
    { does: 'See all that was said in the last hour, and go on', line: 'lalia watch --since 1h' },
    { does: 'Keep a record of a room for a program', line: 'lalia watch auth --json >> auth.jsonl' },
  ],
  run: async ({ args, flags, session }): Promise<WatchEvent | undefined> => {
    const sinceMs =
      flags.since === undefined ? undefined : moment(flags.since, { flag: 'since', nowMs: session.now() });
    const place = anyConversation({ name: args.with, room: flags.room });
    const { agent } = await session.caller();
    const reader = agent.info;
    await tellOfDaemons(session);
    const events = agent.watch({
      in: place === 'any' ? undefined : place,
      sinceMs,
      onBegun: () => {
        session.note(`watching as ${reader.name}; Ctrl-C ends it`);
      },
    });
    for await (const event of events) await show(session, event, reader);
    return undefined;
  },
  // Everything is printed as it comes.
  render: () => '',
});

function show(session: Session, event: WatchEvent, reader: AgentRef): Promise<void> {
  return session.show({ document: event, text: (view) => watched(event, { ...view, reader }) });
}

/** Says when the daemon goes and when there is one again: meanwhile nothing is shown, and nothing is missed. */
async function tellOfDaemons(session: Session): Promise<void> {
  const client = await session.client();
  client.on('disconnected', () => {
    session.note('the daemon is gone; waiting for the next one');
  });
  client.on('connected', () => {
    session.note('the daemon is back');
  });
}
