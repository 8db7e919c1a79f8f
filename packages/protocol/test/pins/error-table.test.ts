import { expect, test } from 'vitest';
import { ERRORS, EXIT, fail, failure, type Reason } from '../../src/index.ts';

/**
 * What other people's programs and scripts test for: the exit code (`error.data.code`) and the code of JSON-RPC. Adding a
 * reason adds a line here; changing or removing one breaks them.
 */
const TABLE: Record<Reason, [exitCode: number, rpcCode: number]> = {
  invalid_params: [1, -32602],
  message_too_large: [1, -32001],
  empty_body: [1, -32001],
  invalid_utf8: [1, -32001],
  body_has_nul: [1, -32001],
  self_message: [1, -32001],
  no_mailbox: [1, -32001],
  id_conflict: [1, -32001],
  mailbox_full: [1, -32001],
  name_reserved: [1, -32001],
  name_taken: [1, -32001],
  ambiguous_address: [1, -32001],
  ambiguous_caller: [1, -32001],
  room_full: [1, -32001],
  room_exists: [1, -32001],
  room_archived: [1, -32001],
  nothing_to_reply: [1, -32001],
  not_a_question: [1, -32001],
  task_exists: [1, -32001],
  task_taken: [1, -32001],
  task_blocked: [1, -32001],
  task_not_claimable: [1, -32001],
  task_merged: [1, -32001],
  task_busy: [1, -32001],
  owner_live: [1, -32001],
  needs_force: [1, -32001],
  path_in_use: [1, -32001],
  branch_in_use: [1, -32001],
  unsaved_work: [1, -32001],
  git_missing: [1, -32001],
  git_failed: [1, -32001],
  no_commits: [1, -32001],
  foreign_workspace: [1, -32001],
  home_in_use: [1, -32001],
  home_unavailable: [1, -32001],
  daemon_unavailable: [1, -32001],
  storage_full: [1, -32001],
  database_damaged: [1, -32001],
  database_newer: [1, -32001],
  daemon_running: [1, -32001],
  bad_backup: [1, -32001],
  unhealthy: [1, -32001],
  file_refused: [1, -32001],
  verify_failed: [1, -32001],
  unavailable: [1, -32001],
  internal: [1, -32603],
  cancelled: [1, -32001],
  timeout: [2, -32002],
  daemon_stopping: [3, -32003],
  connection_lost: [3, -32003],
  lease_expired: [3, -32003],
  unregistered: [3, -32003],
  bad_frame: [4, -32700],
  unknown_method: [4, -32601],
  unsupported_protocol: [4, -32004],
  agent_not_found: [5, -32005],
  nickname_stale: [5, -32005],
  nickname_not_found: [5, -32005],
  room_not_found: [5, -32005],
  message_not_found: [5, -32005],
  delivery_not_found: [5, -32005],
  harness_not_found: [5, -32005],
  task_not_found: [5, -32005],
  not_registered: [6, -32006],
  bad_signature: [6, -32006],
  replayed: [6, -32006],
  stale_timestamp: [6, -32006],
  key_missing: [6, -32006],
  not_supervisor: [6, -32006],
  not_owner: [6, -32006],
  cannot_claim: [6, -32006],
  path_owned: [6, -32006],
  supervisor_busy: [7, -32007],
  project_identity_mismatch: [8, -32008],
  pid_conflict: [9, -32009],
  session_conflict: [10, -32010],
};

test('the reasons and their codes are those that were published', () => {
  const actual = Object.fromEntries(
    (Object.keys(ERRORS) as Reason[]).map((reason) => {
      const { code, data } = failure(1, fail(reason, 'x')).error;
      return [reason, [data.code, code]];
    }),
  );
  expect(actual).toEqual(TABLE);
});

test('the exit codes are those of the specification', () => {
  expect(EXIT).toEqual({
    ok: 0,
    error: 1,
    timeout: 2,
    closed: 3,
    protocol: 4,
    notFound: 5,
    notAuthorised: 6,
    supervisorBusy: 7,
    wrongRepository: 8,
    pidConflict: 9,
    sessionConflict: 10,
  });
});
