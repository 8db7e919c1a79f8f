/**
 * The error table. A reason fixes the exit code and what to do next, so that daemon, SDK and CLI cannot disagree.
 * A retired reason stays reserved: never use a name or a code for something else.
 */

/** Exit codes and `error.code` (spec 10). */
export const EXIT = {
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
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface ErrorDefinition {
  readonly code: ExitCode;
  /** What the reader of the error can do; shown as the hint. */
  readonly hint: string;
}

export const ERRORS = {
  invalid_params: { code: 1, hint: 'Correct the arguments and call again.' },
  message_too_large: { code: 1, hint: 'Write it to a file in the repository and send its path.' },
  empty_body: { code: 1, hint: 'Give the text as an argument, with --file, or on standard input with -.' },
  invalid_utf8: { code: 1, hint: 'A body is UTF-8 text. Put binary data into a file and send its path.' },
  body_has_nul: {
    code: 1,
    hint: 'Remove the NUL characters, or put the data into a file and send its path.',
  },
  self_message: { code: 1, hint: 'Name another agent; `lalia agents` lists them.' },
  no_mailbox: {
    code: 1,
    hint: 'What the daemon says needs no answer; `lalia agents` lists who can be written to.',
  },
  id_conflict: { code: 1, hint: 'A message id is used once: make a new ULID for a new message.' },
  mailbox_full: { code: 1, hint: 'Wait until the recipient has read some of its mail, then send again.' },
  name_reserved: { code: 1, hint: 'Choose another name with --name.' },
  name_taken: { code: 1, hint: 'Choose another name.' },
  ambiguous_address: { code: 1, hint: 'Use one of the qualified forms.' },
  ambiguous_caller: { code: 1, hint: 'Say who is calling with --as NAME.' },
  room_full: { code: 1, hint: 'A room has at most 8 members: have one leave, or make another room.' },
  room_exists: { code: 1, hint: 'Join it with `lalia join NAME`, or choose another name.' },
  room_archived: { code: 1, hint: 'An archived room can be read, not written: make another room.' },
  nothing_to_reply: { code: 1, hint: 'Read a message first, or name one with --to ID.' },
  not_a_question: {
    code: 1,
    hint: 'A question is sent by `lalia ask`, or with --needs-answer; `lalia waiting` lists the open ones.',
  },
  task_exists: {
    code: 1,
    hint: 'Choose another slug, or take the old task off the list with `lalia task unpublish SLUG`.',
  },
  task_taken: { code: 1, hint: '`lalia task claim --any` takes another one.' },
  task_blocked: {
    code: 1,
    hint: 'It can be claimed when its dependencies are merged: wait for that with --wait.',
  },
  task_not_claimable: { code: 1, hint: '`lalia task bulletin` lists what can be claimed.' },
  task_merged: { code: 1, hint: 'A merged task does not change any more.' },
  task_busy: { code: 1, hint: 'It is being published or unpublished at this moment: try again.' },
  owner_live: {
    code: 1,
    hint: 'Agree with the owner first; --evict-owner takes it away all the same.',
  },
  needs_force: { code: 1, hint: 'Add --force if that is meant.' },
  path_in_use: { code: 1, hint: 'Move what lies there, or choose another slug.' },
  branch_in_use: { code: 1, hint: 'Choose another branch, or free it where it is checked out.' },
  unsaved_work: {
    code: 1,
    hint: 'Commit and push it, or leave the worktree: nothing that is nowhere else is ever deleted.',
  },
  git_missing: { code: 1, hint: 'Install git, then `lalia restart`; only tasks need it.' },
  git_failed: { code: 1, hint: 'What git said is in the message.' },
  no_commits: { code: 1, hint: 'Make a first commit: a branch needs something to begin from.' },
  foreign_workspace: {
    code: 1,
    hint: 'Point LALIA_WORKSPACE at an empty folder, or at the transcript of this home; each LALIA_HOME needs its own.',
  },
  home_in_use: {
    code: 1,
    hint: 'Move the home away, or say with LALIA_HOME and LALIA_WORKSPACE where the new one shall be.',
  },
  home_unavailable: { code: 1, hint: 'Make the folder writable, or point LALIA_HOME at one that is.' },
  daemon_unavailable: { code: 1, hint: 'Look at daemon.log in the home folder, then try again.' },
  storage_full: { code: 1, hint: 'Free some disk space, then try again; nothing was changed.' },
  database_damaged: {
    code: 1,
    hint: '`lalia doctor` says more; `lalia restore FILE --force` puts a backup in its place and keeps what is there.',
  },
  database_newer: { code: 1, hint: 'Install the newer version of Lalia again.' },
  daemon_running: { code: 1, hint: 'Stop it with `lalia stop`, then call again.' },
  bad_backup: { code: 1, hint: 'Take another backup: nothing was changed.' },
  unhealthy: { code: 1, hint: 'Each failed check names the command that mends it.' },
  file_refused: { code: 1, hint: 'Look at the file; nothing was changed.' },
  verify_failed: { code: 1, hint: 'Each line above names what is wrong and where.' },
  unavailable: { code: 1, hint: 'This is not available here.' },
  internal: { code: 1, hint: 'This is a bug in Lalia: look up the log id in daemon.log.' },
  cancelled: { code: 1, hint: 'The caller ended the call.' },
  timeout: { code: 2, hint: 'Nothing yet: call again when you want to wait longer.' },
  daemon_stopping: { code: 3, hint: 'The daemon was stopped; the next command starts it again.' },
  connection_lost: { code: 3, hint: 'The daemon went away; the next command starts it again.' },
  lease_expired: {
    code: 3,
    hint: 'This identity was not used for an hour: run `lalia renew`, then call again.',
  },
  unregistered: { code: 3, hint: 'This identity was unregistered: register again.' },
  bad_frame: { code: 4, hint: 'Send one JSON-RPC 2.0 object a line, in UTF-8, at most 4 MiB long.' },
  unknown_method: {
    code: 4,
    hint: 'docs/protocol.md lists the methods; the daemon may be older than the client.',
  },
  unsupported_protocol: {
    code: 4,
    hint: 'Bring client and daemon to the same major version, then `lalia restart`.',
  },
  agent_not_found: { code: 5, hint: '`lalia agents --all` lists the agents.' },
  nickname_stale: {
    code: 5,
    hint: 'Give it to another agent with `lalia nickname NICK ADDRESS`, or delete it with -d.',
  },
  nickname_not_found: { code: 5, hint: '`lalia nickname` lists the nicknames.' },
  room_not_found: { code: 5, hint: '`lalia rooms` lists the rooms; `lalia join NAME` makes you a member.' },
  message_not_found: { code: 5, hint: '`lalia history` shows the messages and their ids.' },
  delivery_not_found: {
    code: 5,
    hint: 'There never was a delivery of this id, or its messages were handed to another reader since, who acknowledges them.',
  },
  harness_not_found: { code: 5, hint: 'Install the harness, or add its folder to the PATH.' },
  task_not_found: { code: 5, hint: '`lalia task list` lists the tasks.' },
  not_registered: { code: 6, hint: 'Run `lalia register` first, or name an identity with --as.' },
  bad_signature: { code: 6, hint: 'The request was not signed with the key of the agent it names.' },
  replayed: { code: 6, hint: 'Sign a new request with a new nonce.' },
  stale_timestamp: {
    code: 6,
    hint: 'Set the clock, or sign the request again: ts must be within 5 minutes.',
  },
  key_missing: { code: 6, hint: 'The private key of this name is gone: register under another name.' },
  not_supervisor: { code: 6, hint: 'Only a supervisor may do this.' },
  not_owner: { code: 6, hint: 'Only the owner of the task may do this.' },
  cannot_claim: { code: 6, hint: 'A supervisor publishes; register as a worker or a peer to claim.' },
  path_owned: {
    code: 6,
    hint: 'Ask its owner, or leave the path out of this change.',
  },
  supervisor_busy: { code: 7, hint: 'Finish or hand off the open tasks first.' },
  project_identity_mismatch: {
    code: 8,
    hint: 'Run this in the repository that the supervisor registered in.',
  },
  pid_conflict: { code: 9, hint: 'One harness process holds one identity: unregister the other one first.' },
  session_conflict: { code: 10, hint: 'Choose another name with --name, or take it over with --takeover.' },
} as const satisfies Record<string, ErrorDefinition>;

/** What went wrong, as a program reads it. */
export type Reason = keyof typeof ERRORS;

/** Details for programs: names, limits, alternatives. Its keys depend on the reason. */
export type ErrorContext = Readonly<Record<string, unknown>>;

const BRAND = 'LaliaError';

/** An expected error, the same on both sides of the socket. Recognise it with `isLaliaError`, never by class. */
export class LaliaError extends Error {
  override readonly name = BRAND;
  readonly reason: Reason;
  readonly context: ErrorContext;
  /** What to do next; the reason's own hint unless this occurrence has a better one. */
  readonly hint: string;

  constructor(reason: Reason, message: string, options: FailOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.context = options.context ?? {};
    this.hint = options.hint ?? ERRORS[reason].hint;
  }

  /** The exit code of a command that ends with this error. */
  get code(): ExitCode {
    return ERRORS[this.reason].code;
  }

  /** The form that crosses the socket (`error.data`) and that `--json` prints (spec 10). */
  toJSON(): ErrorBody {
    return {
      code: this.code,
      reason: this.reason,
      message: this.message,
      retry_hint: this.hint,
      context: this.context,
    };
  }
}

export interface ErrorBody {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retry_hint: string;
  readonly context: ErrorContext;
}

export interface FailOptions {
  readonly context?: ErrorContext;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Makes an expected error: `throw fail('room_full', 'Room auth has 8 members.', { context: { room: 'auth' } })`. */
export function fail(reason: Reason, message: string, options: FailOptions = {}): LaliaError {
  return new LaliaError(reason, message, options);
}

/** Whether something thrown is a Lalia error, also when it comes from another copy of this package. */
export function isLaliaError(error: unknown): error is LaliaError {
  return error instanceof Error && error.name === BRAND && 'reason' in error;
}

/** Whether a text is a reason of this version's table. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(ERRORS, text);
}

/**
 * Makes the error back from its form on the wire. A reason that this version does not know (a newer daemon's)
 * becomes `internal`, with the reason and its hint kept.
 */
export function errorFromBody(body: ErrorBody): LaliaError {
  if (isReason(body.reason)) {
    return fail(body.reason, body.message, { context: body.context, hint: body.retry_hint });
  }
  return fail('internal', `${body.message} (${body.reason})`, {
    context: body.context,
    hint: body.retry_hint,
  });
}

/** Asserts what must hold if the program is right; a failure is a bug, not an expected error. */
export function invariant(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${sentence}`);
}
