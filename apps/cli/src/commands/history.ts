import { type Agent, fail, type HistoryOptions, limits, type Result, type Target } from '@lalia/client';
import { command, type View } from '../command.ts';
import { momentOrSeq } from '../moment.ts';
import { elsewhere, messageLines, type Past, past } from '../render/past.ts';
import type { Session } from '../session.ts';
import { conversation, ROOM_FLAG } from '../target.ts';

export const history = command({
  name: 'history',
  group: 'Look',
  summary: 'Show the messages of a conversation, read or not: the newest, or those since.',
  args: { with: { summary: 'An agent, or a room.', completes: 'conversation' } },
  flags: {
    room: ROOM_FLAG,
    since: {
      kind: 'text',
      value: 'SEQ|DATE|DURATION',
      summary: 'Only messages after this number, or since then: 40, 2026-11-20, 2026-11-20T14:30, 3d, 90m.',
    },
    before: {
      kind: 'count',
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      summary: 'Only messages before this number.',
    },
    limit: {
      kind: 'count',
      min: 1,
      max: limits.MAX_HISTORY_MESSAGES,
      summary: 'At most so many messages (50).',
    },
    all: { kind: 'switch', summary: 'All of them, not a page.' },
    jsonl: { kind: 'switch', summary: 'Print JSON Lines: one message a line, in their order.' },
  },
  examples: [
    { does: 'What was said today', line: 'lalia history codex --since 24h' },
    { does: 'The page before message 40', line: 'lalia history codex --before 40' },
    { does: 'Keep all of a room in a file', line: 'lalia history auth --room --all --jsonl > auth.jsonl' },
  ],
  run: async ({ args, flags, session }) => {
    const { all, jsonl, limit, before: beforeSeq } = flags;
    check({ all, jsonl, limit }, session);
    const since =
      flags.since === undefined ? {} : momentOrSeq(flags.since, { flag: 'since', nowMs: session.now() });
    const agent = await session.agent();
    const target = conversation({ name: args.with, room: flags.room });
    const { agent_id, name, project, role, kind } = agent.info;
    const reader = { agent_id, name, project, role, kind };
    let isFirst = true;
    for await (const found of pages(agent, target, { ...since, beforeSeq, limit, all })) {
      const page = { ...found, reader };
      if (!all && !jsonl) return page;
      await show({ page, jsonl, isFirst }, session);
      isFirst = false;
    }
    return undefined;
  },
  render: (page, view) => (page === undefined ? '' : past(page, view)),
});

/** The page that is asked for, or all there are, none of which leaves anything to be asked for. */
async function* pages(
  agent: Agent,
  target: Target,
  { all, ...options }: HistoryOptions & { readonly all: boolean },
): AsyncGenerator<Result<'history'>, undefined> {
  if (!all) yield agent.history(target, options);
  else
    for await (const page of agent.historyPages(target, { ...options, limit: limits.MAX_HISTORY_MESSAGES }))
      yield { ...page, more: false, earlier: false };
}

interface Shown {
  readonly page: Past;
  readonly jsonl: boolean;
  readonly isFirst: boolean;
}

async function show({ page, jsonl, isFirst }: Shown, session: Session): Promise<void> {
  const text = (view: View): string =>
    jsonl ? messageLines(page) : (isFirst ? '' : '\n') + past(page, view);
  await session.show({ document: undefined, text });
  const left = jsonl ? elsewhere(page) : undefined;
  if (left !== undefined) session.note(left);
}

function check(
  {
    all,
    jsonl,
    limit,
  }: { readonly all: boolean; readonly jsonl: boolean; readonly limit: number | undefined },
  session: Session,
): void {
  const problem =
    (jsonl && session.json && '--jsonl and --json exclude each other.') ||
    (all && limit !== undefined && '--all and --limit exclude each other.') ||
    (all && session.json && 'One document with all messages could be larger than memory.');
  if (problem === false) return;
  throw fail('invalid_params', problem, {
    hint: 'Say --json for a page as one document, --jsonl for a message a line, --all for all messages.',
  });
}
