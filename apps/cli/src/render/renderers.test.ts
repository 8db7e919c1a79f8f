import {
  type AgentInfo,
  type AgentRef,
  ago,
  lasting,
  oneLine,
  type Receipt,
  type RecipientState,
  type Result,
  type RoomInfo,
} from '@lalia/client';
import { describe, expect, test } from 'vitest';
import { agentList } from './agent-list.ts';
import { channelList } from './channel-list.ts';
import { daemonStatus } from './daemon-status.ts';
import { identity } from './identity.ts';
import { jsonText } from './json.ts';
import { past } from './past.ts';
import { peeked } from './peeked.ts';
import { receiptList } from './receipt-list.ts';
import { received } from './received.ts';
import { registered } from './registered.ts';
import { roomList } from './room-list.ts';
import { posted, told } from './sent.ts';

const NOW = 1_760_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const view = { nowMs: NOW, terminal: false };
const ID = '01JD8X5Q0Z3M4N5P6Q7R8S9T00';

const alice = ref('alice', '01JD8X5Q0Z3M4N5P6Q7R8S9T0A');
const codex = ref('codex', '01JD8X5Q0Z3M4N5P6Q7R8S9T0C');

function ref(name: string, agent_id: string): AgentRef {
  return { agent_id, name, project: 'shop', role: 'peer', kind: 'agent' };
}

function info(agent: AgentRef, changes: Partial<AgentInfo> = {}): AgentInfo {
  return {
    ...agent,
    harness: 'codex',
    model: null,
    repo_url: null,
    repo_root: '/src/shop',
    main_repo_root: '/src/shop',
    worktree: 'shop',
    worktree_kind: 'main',
    branch: 'main',
    cwd: '/src/shop',
    registered_ts: NOW - 5 * HOUR,
    last_seen_ts: NOW - 3 * MINUTE,
    presence: 'live',
    away_since: null,
    unregistered_ts: null,
    unread: 2,
    turn: null,
    ...changes,
  };
}

function recipient(changes: Partial<RecipientState> = {}): RecipientState {
  return { agent: codex, presence: 'live', away_since: null, unread_before: 0, turn: null, ...changes };
}

describe('an age is told in its largest unit', () => {
  test.for([
    [0, 'now'],
    [999, 'now'],
    [1000, '1s ago'],
    [59_999, '59s ago'],
    [MINUTE, '1m ago'],
    [HOUR - 1, '59m ago'],
    [HOUR, '1h ago'],
    [24 * HOUR - 1, '23h ago'],
    [24 * HOUR, '1d ago'],
    [400 * 24 * HOUR, '400d ago'],
    [-5000, 'now'],
  ] as const)('%d ms is %s', ([elapsed, expected]) => {
    expect(ago(NOW - elapsed, NOW)).toBe(expected);
  });

  test('a length of time as well', () => {
    expect([0, 1500, 90_000].map(lasting)).toEqual(['0s', '1s', '1m']);
  });
});

describe('a message that was sent', () => {
  const sent = { id: ID, seq: 12, ts: NOW, duplicate: false };

  test.for([
    [recipient({ presence: 'listening' }), 'codex is listening'],
    [recipient({ unread_before: 1 }), 'codex is live, 1 unread before this'],
    [
      recipient({ presence: 'away', away_since: NOW - 2 * HOUR, unread_before: 3 }),
      'codex is away since 2h ago, 3 unread before this',
    ],
  ] as const)('says where the recipient stands: %#', ([state, expected]) => {
    expect(told({ ...sent, recipient: state }, view)).toBe(`sent to codex@shop #12 id ${ID} · ${expected}\n`);
  });

  test('says when it had been sent before', () => {
    expect(told({ ...sent, duplicate: true, recipient: recipient() }, view)).toMatch(
      /^already sent to codex@shop #12/,
    );
  });

  test('to a room says where every member stands', () => {
    const room = { room_id: ID, name: 'auth', project: 'shop', archived: false };
    const recipients = [recipient({ presence: 'listening' }), recipient({ agent: alice, unread_before: 4 })];
    expect(posted({ ...sent, room, recipients }, view)).toBe(
      `posted to auth@shop #12 id ${ID} · codex is listening; alice is live, 4 unread before this\n`,
    );
    expect(posted({ ...sent, room, recipients: [] }, view)).toMatch(/ · nobody else is in the room\n$/);
  });
});

describe('a read', () => {
  const room = { room_id: ID, name: 'auth', project: 'shop', archived: false };
  const message: Result<'read'>['messages'][number] = {
    id: ID,
    seq: 80,
    conversation: { kind: 'room', room },
    from: codex,
    ts: NOW - MINUTE,
    reply_to: null,
    needs_answer: false,
    status: false,
    body: 'done',
    redelivered: false,
  };

  test('begins with what was dropped and the call that shows it', () => {
    const dropped = { room, count: 12, first_seq: 4, last_seq: 15 };
    expect(received({ messages: [message], dropped, remaining: 2 }, view)).toMatchInlineSnapshot(`
      "12 messages of room auth@shop (#4 to #15) did not fit the mailbox; see: lalia history auth@shop --room --since 3 --limit 12

      From agent codex@shop, not from your user (#80, 1m ago, id 01JD8X5Q0Z3M4N5P6Q7R8S9T00):
      | done

      2 more unread
      "
    `);
  });

  test('from anywhere names the conversation first', () => {
    expect(
      received({ messages: [message], dropped: null, remaining: 0 }, { ...view, sources: true }),
    ).toMatch(/^room auth@shop\nFrom agent codex@shop/);
  });

  test('that takes nothing says so', () => {
    expect(peeked({ messages: [], unread: 0 }, view)).toBe('nothing unread\n');
    expect(peeked({ messages: [message], unread: 3 }, view)).toMatch(
      /^3 unread messages, the oldest 1 shown; still unread after this\n\nroom auth@shop\nFrom agent/,
    );
  });

  test('of the past goes on where it ends', () => {
    const page = { messages: [{ ...message, body_path: null }], more: true, earlier: false, reader: codex };
    expect(past(page, view)).toMatchInlineSnapshot(`
      "From you, codex@shop (#80, 1m ago, id 01JD8X5Q0Z3M4N5P6Q7R8S9T00):
      | done

      there are later messages: --since 80
      "
    `);
    expect(past({ ...page, more: false, earlier: true }, view)).toMatch(
      /\n\nthere are earlier messages: --before 80\n$/,
    );
    expect(past({ ...page, messages: [], more: false }, view)).toBe('no messages\n');
  });
});

describe('the list of agents', () => {
  const agents = [
    info(codex, { worktree: 'wt-b', worktree_kind: 'secondary', branch: 'feat/b', unread: 0 }),
    info(alice, { presence: 'away', away_since: NOW - HOUR, last_seen_ts: NOW - 2 * HOUR, harness: null }),
    info(ref('aider', '01JD8X5Q0Z3M4N5P6Q7R8S9T0D'), {
      project: null,
      main_repo_root: null,
      branch: null,
      unregistered_ts: NOW,
    }),
    info(ref('zed', '01JD8X5Q0Z3M4N5P6Q7R8S9T0E'), {
      project: 'api',
      main_repo_root: '/src/api',
      presence: 'listening',
    }),
  ];

  test('is grouped by repository, the main worktree first', () => {
    expect(agentList(agents, { flat: false, wide: false }, view)).toMatchInlineSnapshot(`
      "api  /src/api
      NAME  ROLE  BRANCH  HARNESS  PRESENCE   SEEN    UNREAD
      zed   peer  main    codex    listening  3m ago  2

      shop  /src/shop
      NAME   ROLE  BRANCH  HARNESS  PRESENCE  SEEN    UNREAD
      alice  peer  main    -        away      2h ago  2
      codex  peer  feat/b  codex    live      3m ago  0

      outside of any repository
      NAME   ROLE  BRANCH  HARNESS  PRESENCE      SEEN    UNREAD
      aider  peer  -       codex    unregistered  3m ago  2
      "
    `);
  });

  test('can be flat, with addresses, and wide', () => {
    expect(agentList(agents.slice(0, 2), { flat: true, wide: true }, view)).toMatchInlineSnapshot(`
      "AGENT       ROLE  BRANCH  HARNESS  PRESENCE  SEEN    UNREAD  ID                          MODEL  WORKTREE  FOLDER
      alice@shop  peer  main    -        away      2h ago  2       01JD8X5Q0Z3M4N5P6Q7R8S9T0A  -      shop      /src/shop
      codex@shop  peer  feat/b  codex    live      3m ago  0       01JD8X5Q0Z3M4N5P6Q7R8S9T0C  -      wt-b      /src/shop
      "
    `);
  });

  test('says how to begin where there is none', () => {
    expect(agentList([], { flat: false, wide: false }, view)).toBe(
      'no agents yet: `lalia register` makes one\n',
    );
  });
});

test('whoami says who, and how that was found out', () => {
  expect(identity({ agent: info(alice), how: 'env_name' }, view)).toMatchInlineSnapshot(`
    "you are     alice@shop
    because     named by LALIA_NAME
    id          01JD8X5Q0Z3M4N5P6Q7R8S9T0A
    role        peer
    harness     codex
    repository  /src/shop
    worktree    shop (main)
    branch      main
    registered  5h ago
    unread      2
    "
  `);
});

test('register tells a new identity from one that is taken up again', () => {
  expect(registered({ agent: info(alice, { unread: 0 }), created: true })).toBe(
    'registered alice@shop (peer) id 01JD8X5Q0Z3M4N5P6Q7R8S9T0A\n',
  );
  expect(registered({ agent: info(alice), created: false })).toBe(
    'welcome back, alice@shop (peer) id 01JD8X5Q0Z3M4N5P6Q7R8S9T0A; 2 unread messages\n',
  );
});

test('receipts say how far a message got, for every recipient', () => {
  const receipt: Receipt = {
    id: ID,
    seq: 3,
    accepted_ts: NOW - HOUR,
    excerpt: 'two\nlines',
    body_path: null,
    recipients: [
      {
        agent: alice,
        state: 'accepted',
        delivered_ts: null,
        read_ts: null,
        answered_ts: null,
        dropped_ts: null,
        wakes: [
          {
            ts: NOW - 2 * MINUTE,
            route: null,
            outcome: 'suppressed',
            outcome_ts: NOW + MINUTE,
            detail: 'budget',
          },
          { ts: NOW - MINUTE, route: 'bell', outcome: 'held', outcome_ts: NOW - MINUTE, detail: 'asked' },
        ],
      },
      {
        agent: codex,
        state: 'answered',
        delivered_ts: NOW - 3 * MINUTE,
        read_ts: NOW - 3 * MINUTE,
        answered_ts: NOW - MINUTE,
        dropped_ts: null,
        wakes: [],
      },
    ],
  };
  expect(receiptList({ receipts: [receipt] }, view)).toMatchInlineSnapshot(`
    "#3 id 01JD8X5Q0Z3M4N5P6Q7R8S9T00 accepted 1h ago: two\\nlines
      alice@shop  accepted, wake held for a person 1m ago by bell: asked, not woken 2m ago: budget, again in 1m
      codex@shop  answered 1m ago, read 3m ago, delivered 3m ago
    "
  `);
});

test('channels and rooms show what is unread', () => {
  const room: RoomInfo = {
    room_id: ID,
    name: 'auth',
    project: 'shop',
    archived: false,
    description: 'the login',
    created_ts: NOW,
    members: 3,
    messages: 17,
    joined: true,
    unread: 4,
  };
  expect(
    channelList({ channels: [{ with: codex, unread: 4, last_seq: 17, last_ts: NOW - MINUTE }] }, view),
  ).toMatchInlineSnapshot(`
      "WITH        UNREAD  MESSAGES  LAST
      codex@shop  4       17        1m ago
      "
    `);
  expect(
    roomList({ rooms: [room, { ...room, name: 'old', archived: true, joined: false, unread: 0 }] }),
  ).toMatchInlineSnapshot(`
    "ROOM       JOINED  UNREAD  MEMBERS  MESSAGES  ABOUT
    auth@shop  yes     4       3        17        the login
    old@shop   no      -       3        17        (archived) the login
    "
  `);
});

test('status shows the daemon, its places, its counts and what is not in the transcript yet', () => {
  const status: Result<'status'> = {
    version: '0.1.0',
    protocol: { major: 1, minor: 0 },
    node: '24.1.0',
    pid: 4711,
    started_ts: NOW - HOUR,
    home: '/home/me/.lalia',
    socket: '/home/me/.lalia/sock',
    spool: { path: '/tmp/lalia-1000/870d059a20c335ce.spool', error: null },
    via: 'socket',
    workspace: '/home/me/.local/state/lalia/workspace',
    connections: 2,
    blocked_readers: 1,
    agents: 3,
    rooms: 1,
    messages: 40,
    unread: 5,
    memory_bytes: 64 * 1024 * 1024,
    journal: { backlog: 7, last_commit_ts: NOW - MINUTE, error: 'no space left on device' },
    wake_budget: { per_thread_and_hour: 10, per_agent_and_day: 60, gap_ms: 10_000 },
    waking: [
      {
        agent: codex,
        turn: { state: 'idle', since_ts: NOW - HOUR, can_wake: true },
        routes: ['codex queue'],
        today: 3,
        last: {
          ts: NOW - HOUR,
          route: 'codex queue',
          outcome: 'woken',
          outcome_ts: NOW - HOUR,
          detail: null,
        },
      },
      {
        agent: alice,
        turn: { state: 'working', since_ts: NOW - MINUTE, can_wake: false },
        routes: [],
        today: 0,
        last: null,
      },
    ],
    retention: {
      keep_ms: 90 * 24 * HOUR,
      pruned: 12,
      pruned_before: NOW - 90 * 24 * HOUR,
      database_bytes: 3 * 1024 * 1024,
    },
  };
  expect(daemonStatus({ running: true, ...status }, view)).toMatchInlineSnapshot(`
    "daemon       0.1.0, protocol 1.0, Node 24.1.0
    pid          4711, up 1h
    home         /home/me/.lalia
    socket       /home/me/.lalia/sock
    spool        /tmp/lalia-1000/870d059a20c335ce.spool
    workspace    /home/me/.local/state/lalia/workspace
    connections  2, blocked readers 1
    agents       3, rooms 1
    messages     40, unread 5
    memory       64 MiB
    transcript   7 not written yet, last commit 1m ago; the last attempt failed: no space left on device
    database     3.0 MiB, keeps bodies for 90 days; 12 messages have their body in the transcript alone
    waking       at most 10 an hour for a conversation, 60 a day for an agent, 10s apart
      codex@shop  idle since 1h ago, by codex queue, 3 in 24h; woken 1h ago by codex queue
      alice@shop  working since 1m ago, no way to wake it
    "
  `);
  expect(daemonStatus({ running: false }, view)).toMatch(/^no daemon is running/);
});

test('a JSON document is one line that no terminal acts on, and means the same', () => {
  const document = { body: 'a\n\u2028b\x1b\x9b\x7f"' };
  const text = jsonText(document);
  expect(text).toBe('{"body":"a\\n\\u2028b\\u001b\\u009b\\u007f\\""}\n');
  expect(JSON.parse(text)).toEqual(document);
});

test('a name stays on its line', () => {
  expect(oneLine('a\r\nb\u2028c\td\x1b[0m')).toBe('a\\r\\nb\\u2028c d\\x1b[0m');
});
