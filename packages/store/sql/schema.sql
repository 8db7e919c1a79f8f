CREATE TABLE agents (
  agent_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  project TEXT,
  role TEXT NOT NULL CHECK (role IN ('peer', 'worker', 'supervisor')),
  kind TEXT NOT NULL DEFAULT 'agent' CHECK (kind IN ('agent', 'human', 'daemon')),
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  harness TEXT,
  model TEXT,
  harness_session TEXT,
  anchor_pid INTEGER,
  anchor_started TEXT,
  anchor_kind TEXT CHECK (anchor_kind IN ('harness', 'terminal')),
  repo_url TEXT,
  repo_root TEXT,
  main_repo_root TEXT,
  worktree TEXT,
  worktree_kind TEXT NOT NULL CHECK (worktree_kind IN ('main', 'secondary', 'detached', 'outside')),
  branch TEXT,
  cwd TEXT NOT NULL,
  registered_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  lease_until_ms INTEGER NOT NULL,
  unregistered_ms INTEGER,
  -- The message that `reply` answers.
  last_read_id TEXT
) STRICT;

CREATE INDEX agents_by_anchor ON agents (anchor_pid, anchor_started) WHERE anchor_pid IS NOT NULL AND unregistered_ms IS NULL;

CREATE UNIQUE INDEX agents_by_name ON agents (name, coalesce(project, '')) WHERE unregistered_ms IS NULL;

CREATE INDEX agents_by_session ON agents (harness_session) WHERE harness_session IS NOT NULL AND unregistered_ms IS NULL;

CREATE INDEX agents_by_worktree ON agents (repo_root) WHERE repo_root IS NOT NULL AND unregistered_ms IS NULL;

CREATE TABLE conversations (
  conversation_id INTEGER PRIMARY KEY,
  agent_lo TEXT REFERENCES agents,
  agent_hi TEXT REFERENCES agents,
  room_id TEXT REFERENCES rooms,
  -- Where its messages lie in the transcript. Given once, never reused, and distinct where upper and lower case are the same.
  folder TEXT NOT NULL UNIQUE COLLATE NOCASE,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_id TEXT,
  last_ms INTEGER,
  CHECK ((room_id IS NULL) = (agent_lo IS NOT NULL AND agent_hi IS NOT NULL)),
  CHECK (agent_lo < agent_hi)
) STRICT;

CREATE INDEX conversations_by_hi ON conversations (agent_hi) WHERE room_id IS NULL;

CREATE UNIQUE INDEX conversations_by_pair ON conversations (agent_lo, agent_hi) WHERE room_id IS NULL;

CREATE UNIQUE INDEX conversations_by_room ON conversations (room_id) WHERE room_id IS NOT NULL;

CREATE TABLE database_identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  database_id TEXT NOT NULL,
  -- The copy of the transcript that the outbox is written to.
  transcript_id TEXT
) STRICT;

CREATE TABLE former_names (
  agent_id TEXT NOT NULL REFERENCES agents,
  name TEXT NOT NULL,
  -- When it was given up last.
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (agent_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_names_by_name ON former_names (name);

CREATE TRIGGER mailbox_became_unread AFTER UPDATE OF state ON mailbox WHEN old.state <> 'unread' AND new.state = 'unread' BEGIN
  UPDATE unread_counts SET unread = unread + 1 WHERE agent_id = new.agent_id AND conversation_id = new.conversation_id;
END;

CREATE TRIGGER mailbox_inserted AFTER INSERT ON mailbox WHEN new.state = 'unread' BEGIN
  INSERT INTO unread_counts (agent_id, conversation_id, unread) VALUES (new.agent_id, new.conversation_id, 1)
    ON CONFLICT DO UPDATE SET unread = unread + 1;
END;

CREATE TRIGGER mailbox_left_unread AFTER UPDATE OF state ON mailbox WHEN old.state = 'unread' AND new.state <> 'unread' BEGIN
  UPDATE unread_counts SET unread = unread - 1 WHERE agent_id = new.agent_id AND conversation_id = new.conversation_id;
END;

CREATE TABLE mailbox (
  agent_id TEXT NOT NULL REFERENCES agents,
  message_ord INTEGER NOT NULL REFERENCES messages,
  conversation_id INTEGER NOT NULL REFERENCES conversations,
  state TEXT NOT NULL DEFAULT 'unread' CHECK (state IN ('unread', 'delivered', 'read', 'dropped')),
  -- The delivery it was last part of; kept when it is put back, so that a late acknowledgement still counts.
  delivery_id TEXT,
  redelivered INTEGER NOT NULL DEFAULT 0 CHECK (redelivered IN (0, 1)),
  delivered_ms INTEGER,
  read_ms INTEGER,
  dropped_ms INTEGER,
  -- When the reader was told that this one was dropped.
  told_ms INTEGER,
  -- When its reader was told again, before it stopped, that it owes this question an answer.
  recalled_ms INTEGER,
  PRIMARY KEY (message_ord, agent_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX mailbox_by_delivery ON mailbox (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE INDEX mailbox_delivered ON mailbox (agent_id, conversation_id) WHERE state = 'delivered';

CREATE INDEX mailbox_unread ON mailbox (agent_id, message_ord) WHERE state = 'unread';

CREATE INDEX mailbox_unread_in ON mailbox (agent_id, conversation_id, message_ord) WHERE state = 'unread';

CREATE INDEX mailbox_untold ON mailbox (agent_id, conversation_id) WHERE state = 'dropped' AND told_ms IS NULL;

CREATE VIRTUAL TABLE message_words USING fts5 (
  body, conversation_id, content = 'messages', content_rowid = 'ord', columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE message_words_progress (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  indexed_ord INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
  -- The order of acceptance, across conversations.
  ord INTEGER PRIMARY KEY,
  -- Made by the sender: what makes sending again harmless, for ever.
  id TEXT NOT NULL UNIQUE,
  conversation_id INTEGER NOT NULL REFERENCES conversations,
  seq INTEGER NOT NULL,
  prev_id TEXT,
  sender TEXT NOT NULL REFERENCES agents,
  sender_name TEXT NOT NULL,
  -- The recipient's or the room's name when it was sent.
  target_name TEXT NOT NULL,
  ts INTEGER NOT NULL,
  accepted_ms INTEGER NOT NULL,
  reply_to TEXT,
  needs_answer INTEGER NOT NULL CHECK (needs_answer IN (0, 1)),
  status INTEGER NOT NULL CHECK (status IN (0, 1)),
  -- Null once it is in the transcript alone (retention.ts); then its SHA-256, by which sending again is still known.
  body TEXT,
  nonce TEXT NOT NULL,
  sig TEXT NOT NULL,
  body_sha256 BLOB CHECK (length(body_sha256) = 32),
  UNIQUE (conversation_id, seq),
  CHECK ((body IS NULL) = (body_sha256 IS NOT NULL))
) STRICT;

CREATE INDEX messages_by_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;

CREATE INDEX messages_questions ON messages (sender, ord) WHERE needs_answer = 1;

CREATE TABLE nicknames (
  nickname TEXT PRIMARY KEY,
  agent_id TEXT REFERENCES agents,
  follows TEXT,
  set_ms INTEGER NOT NULL,
  CHECK ((agent_id IS NULL) = (follows IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE nonces (
  agent_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (agent_id, nonce)
) STRICT, WITHOUT ROWID;

CREATE INDEX nonces_by_expiry ON nonces (expires_ms);

CREATE TABLE open_questions (
  message_ord INTEGER PRIMARY KEY REFERENCES messages,
  asker TEXT NOT NULL REFERENCES agents,
  conversation_id INTEGER NOT NULL REFERENCES conversations
) STRICT;

CREATE INDEX open_questions_by_asker ON open_questions (asker);

CREATE INDEX open_questions_in ON open_questions (conversation_id);

CREATE TABLE outbox (
  ord INTEGER PRIMARY KEY AUTOINCREMENT,
  message_ord INTEGER REFERENCES messages,
  path TEXT,
  content TEXT,
  subject TEXT,
  author_name TEXT,
  author_id TEXT,
  ts INTEGER,
  CHECK ((message_ord IS NULL) = (path IS NOT NULL AND content IS NOT NULL AND subject IS NOT NULL))
) STRICT;

CREATE TABLE retention (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  -- Milliseconds; null: for ever.
  keep_ms INTEGER CHECK (keep_ms >= 0),
  pruned INTEGER NOT NULL,
  pruned_before_ms INTEGER,
  -- No message up to this one has a body any more: the next look begins behind it.
  clean_ord INTEGER NOT NULL
) STRICT;

CREATE TABLE room_members (
  room_id TEXT NOT NULL REFERENCES rooms,
  agent_id TEXT NOT NULL REFERENCES agents,
  joined_ms INTEGER NOT NULL,
  PRIMARY KEY (room_id, agent_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_members_by_agent ON room_members (agent_id);

CREATE TABLE rooms (
  room_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  project TEXT,
  description TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES agents,
  created_ms INTEGER NOT NULL,
  archived_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX rooms_by_name ON rooms (name, coalesce(project, '')) WHERE archived_ms IS NULL;

CREATE TABLE task_lists (
  project TEXT PRIMARY KEY,
  supervisor TEXT REFERENCES agents,
  -- Of which repository; a project of the same name in another one cannot publish here.
  main_repo_root TEXT NOT NULL,
  -- Another number after every change: what a watcher waits for.
  revision INTEGER NOT NULL,
  -- How the guard before a commit calls lalia, as a JSON array; none: there is no guard.
  guard_command TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  task_id TEXT PRIMARY KEY,
  project TEXT NOT NULL REFERENCES task_lists,
  slug TEXT NOT NULL COLLATE NOCASE,
  branch TEXT NOT NULL,
  brief TEXT NOT NULL,
  -- JSON arrays, as published.
  owned_paths TEXT NOT NULL,
  contracts TEXT NOT NULL,
  depends_on TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'assigned', 'in-progress', 'blocked', 'ready', 'merged')),
  owner TEXT REFERENCES agents,
  -- The claim that made its owner the owner: claimed again by it, the same task is the answer.
  claim_id TEXT,
  worktree TEXT NOT NULL,
  room_id TEXT NOT NULL,
  published_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  -- What git has still to do, as JSON: the daemon finishes it when it starts. While a task is being published nobody sees it.
  underway TEXT CHECK (underway IN ('publish', 'unpublish')),
  undertaking TEXT,
  CHECK ((underway IS NULL) = (undertaking IS NULL)),
  CHECK ((status = 'open') <= (owner IS NULL))
) STRICT;

CREATE UNIQUE INDEX tasks_by_branch ON tasks (project, branch);

CREATE INDEX tasks_by_owner ON tasks (owner) WHERE owner IS NOT NULL;

CREATE UNIQUE INDEX tasks_by_slug ON tasks (project, slug);

CREATE TABLE turns (
  agent_id TEXT PRIMARY KEY REFERENCES agents,
  session_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('working', 'idle', 'asking', 'ended')),
  since_ms INTEGER NOT NULL,
  -- A JSON array of programs, the best first.
  routes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unread_counts (
  agent_id TEXT NOT NULL REFERENCES agents,
  conversation_id INTEGER NOT NULL REFERENCES conversations,
  unread INTEGER NOT NULL CHECK (unread >= 0),
  PRIMARY KEY (agent_id, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE wakes (
  wake_id TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL REFERENCES agents,
  -- Whose budget it counts to.
  conversation_id INTEGER NOT NULL REFERENCES conversations,
  -- The unread messages that it was made for, by the order of acceptance.
  from_ord INTEGER NOT NULL,
  through_ord INTEGER NOT NULL,
  route TEXT,
  -- Another way for what an attempt before it has failed at: it counts to no budget again.
  fallback INTEGER NOT NULL CHECK (fallback IN (0, 1)),
  attempted_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('attempting', 'started', 'woken', 'held', 'failed', 'suppressed', 'unknown')),
  outcome_ms INTEGER,
  detail TEXT,
  CHECK ((outcome = 'suppressed') = (route IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX wakes_attempting ON wakes (outcome) WHERE outcome = 'attempting';

CREATE INDEX wakes_by_agent ON wakes (agent_id, attempted_ms);

CREATE INDEX wakes_by_mail ON wakes (agent_id, through_ord);
