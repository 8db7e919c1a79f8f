-- What a home of schema 1 had in it: two agents and the person, mail in every state, questions, a task, what waits for git.
-- Frozen with the schema: it goes into a database made by sql/000001.sql alone, which newer versions have to open.
UPDATE database_identity SET database_id = '00112233445566778899aabbccddeeff', transcript_id = 'copy-1';

INSERT INTO agents (agent_id, name, project, role, kind, public_key, worktree_kind, cwd, registered_ms, last_seen_ms, lease_until_ms, last_read_id) VALUES
  ('01K0000000000000000000000A', 'alice', 'shop', 'supervisor', 'agent', randomblob(32), 'main', '/shop', 1000, 5000, 6000, '01K00000000000000000000M01'),
  ('01K0000000000000000000000B', 'bob', 'shop', 'worker', 'agent', randomblob(32), 'secondary', '/shop-2', 1100, 5100, 6100, NULL),
  ('01K0000000000000000000000H', 'human', NULL, 'peer', 'human', randomblob(32), 'outside', '/', 900, 900, 900, NULL);
INSERT INTO former_names (agent_id, name, until_ms) VALUES ('01K0000000000000000000000A', 'al', 1500);
INSERT INTO nicknames (nickname, agent_id, follows, set_ms) VALUES
  ('boss', '01K0000000000000000000000A', NULL, 1600), ('helper', NULL, 'bob@shop', 1700);

INSERT INTO rooms (room_id, name, project, description, created_by, created_ms) VALUES
  ('01K0000000000000000000000R', 'parser', 'shop', 'the parser', '01K0000000000000000000000A', 1200);
INSERT INTO room_members (room_id, agent_id, joined_ms) VALUES
  ('01K0000000000000000000000R', '01K0000000000000000000000A', 1200),
  ('01K0000000000000000000000R', '01K0000000000000000000000B', 1300);

INSERT INTO conversations (conversation_id, agent_lo, agent_hi, room_id, folder, last_seq, last_id, last_ms) VALUES
  (1, '01K0000000000000000000000A', '01K0000000000000000000000B', NULL, 'peers/alice--bob', 4, '01K00000000000000000000M04', 4400),
  (2, NULL, NULL, '01K0000000000000000000000R', 'rooms/parser', 1, '01K00000000000000000000M05', 4500);

INSERT INTO messages (ord, id, conversation_id, seq, prev_id, sender, sender_name, target_name, ts, accepted_ms, reply_to, needs_answer, status, body, nonce, sig) VALUES
  (1, '01K00000000000000000000M01', 1, 1, NULL, '01K0000000000000000000000B', 'bob', 'alice', 4100, 4100, NULL, 0, 0, 'read long ago', 'nonce-1', 'sig-1'),
  (2, '01K00000000000000000000M02', 1, 2, '01K00000000000000000000M01', '01K0000000000000000000000A', 'al', 'bob', 4200, 4200, NULL, 1, 0, 'may I merge the parser?', 'nonce-2', 'sig-2'),
  (3, '01K00000000000000000000M03', 1, 3, '01K00000000000000000000M02', '01K0000000000000000000000A', 'alice', 'bob', 4300, 4300, NULL, 0, 1, 'delivered, not acknowledged', 'nonce-3', 'sig-3'),
  (4, '01K00000000000000000000M04', 1, 4, '01K00000000000000000000M03', '01K0000000000000000000000A', 'alice', 'bob', 4400, 4400, NULL, 0, 0, 'unread, not in git, not indexed: déjà vu' || char(10), 'nonce-4', 'sig-4'),
  (5, '01K00000000000000000000M05', 2, 1, NULL, '01K0000000000000000000000A', 'alice', 'parser', 4500, 4500, NULL, 0, 0, 'the bundle', 'nonce-5', 'sig-5');
INSERT INTO open_questions (message_ord, asker, conversation_id) VALUES (2, '01K0000000000000000000000A', 1);
INSERT INTO message_words (rowid, body, conversation_id) SELECT ord, body, conversation_id FROM messages WHERE ord <= 3;
UPDATE message_words_progress SET indexed_ord = 3;

-- The states are reached by updates, as they were, because triggers count them.
INSERT INTO mailbox (agent_id, message_ord, conversation_id) VALUES
  ('01K0000000000000000000000A', 1, 1), ('01K0000000000000000000000B', 2, 1), ('01K0000000000000000000000B', 3, 1),
  ('01K0000000000000000000000B', 4, 1), ('01K0000000000000000000000B', 5, 2);
UPDATE mailbox SET state = 'delivered', delivery_id = '01K0000000000000000000000D', delivered_ms = 4600 WHERE message_ord IN (1, 2, 3);
UPDATE mailbox SET state = 'read', read_ms = 4700 WHERE message_ord IN (1, 2);

INSERT INTO nonces (agent_id, nonce, expires_ms) VALUES ('01K0000000000000000000000A', 'nonce-4', 304400);
INSERT INTO outbox (ord, message_ord, path, content, subject, author_name, author_id, ts) VALUES
  (7, NULL, 'registry/01K0000000000000000000000A.json', '{}', 'alice was renamed', 'alice', '01K0000000000000000000000A', 1500),
  (8, 4, NULL, NULL, NULL, NULL, NULL, NULL),
  (9, 5, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO task_lists (project, supervisor, main_repo_root, revision) VALUES ('shop', '01K0000000000000000000000A', '/shop', 3);
INSERT INTO tasks (task_id, project, slug, branch, brief, owned_paths, contracts, depends_on, status, owner, worktree, room_id, published_ms, changed_ms) VALUES
  ('01K0000000000000000000000T', 'shop', 'parser', 'feat/parser', 'write it', '["src/parser/**"]', '[]', '[]', 'in-progress',
   '01K0000000000000000000000B', '/wt/parser', '01K0000000000000000000000R', 2000, 3000);
