/** Every number that a peer can run into: its unit is in its name, its reason beside it. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** One message body, in UTF-8 bytes (spec 2). */
export const MAX_BODY_BYTES = 1 * MIB;

/** One line of the socket protocol, without its newline (spec 11). */
export const MAX_LINE_BYTES = 4 * MIB;

/**
 * One body as a JSON string. Control characters take six bytes each there, so a body can be short enough and its
 * JSON form still not fit a line; the difference to the line is room for everything else in a message.
 */
export const MAX_ENCODED_BODY_BYTES = MAX_LINE_BYTES - 64 * KIB;

/** The bodies, as JSON, in one answer that carries several messages; the rest comes with the next call. */
export const MAX_BATCH_BYTES = 3 * MIB;

/** Requests that one connection may have unanswered; a client with more is read from again when some are answered. */
export const MAX_IN_FLIGHT = 1024;

/** Bytes waiting to be taken by a slow client before the daemon stops reading its requests. */
export const MAX_UNSENT_BYTES = 8 * MIB;

/** Unread messages of one agent in one channel before senders get `mailbox_full` (spec 2). */
export const MAX_CHANNEL_UNREAD = 100_000;

/** Unread messages of one member in one room; overflow drops the oldest, for that member only (spec 2). */
export const MAX_ROOM_UNREAD = 64;

/** Members of a room (spec 2). */
export const MAX_ROOM_MEMBERS = 8;

/** Messages in one answer of `read`, `peek` or `history`. */
export const MAX_HISTORY_MESSAGES = 1000;

/** Questions in each list of one answer of `waiting`: one in a full room takes some kilobytes. */
export const MAX_OPEN_QUESTIONS = 200;

/** Words and phrases in one search. */
export const MAX_QUERY_TERMS = 32;

/** Hits in one answer of `search`; each has a piece of a body. */
export const MAX_SEARCH_HITS = 500;

/** How far the `ts` of a signed request may be from the daemon's clock, in either direction. */
export const REQUEST_WINDOW_MS = 5 * 60 * 1000;

/** How long an identity counts as live after its last command (spec 5). */
export const LEASE_MS = 60 * 60 * 1000;

/** How long an agent is unseen before `agents gc` takes it, unless another time is asked for (spec 5). */
export const UNSEEN_MS = 30 * 24 * 60 * 60 * 1000;

/** How long a message handed out stays with its reader without an acknowledgement, unless the reader asks otherwise. */
export const DELIVERY_LEASE_MS = 60 * 1000;

/** The longest such time a reader may ask for. */
export const MAX_DELIVERY_LEASE_MS = 24 * 60 * 60 * 1000;

/** How long a blocking call waits by default (spec 6). */
export const DEFAULT_WAIT_MS = 300 * 1000;

/** The longest wait a blocking call may ask for. */
export const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** Bytes of a Unix socket path that every supported system takes: macOS has 104, Linux 108, each with a final NUL. */
export const MAX_SOCKET_PATH_BYTES = 103;

/** One frame of the spool: a line may take several. */
export const MAX_SPOOL_FRAME_BYTES = 256 * KIB;

/** Frames that lie in the spool untaken, for one direction of one conversation, before its writer waits. */
export const MAX_SPOOL_FRAMES = 8;

/** Conversations in the spool at once; times both directions, full, 256 MiB on the disk of `/tmp`. */
export const MAX_SPOOL_CONVERSATIONS = 64;

/** Workstreams of one plan: each is a worktree, and each costs a checkout of the repository. */
export const MAX_WORKSTREAMS = 256;

/** The texts of all tasks of a project, as JSON: the whole list fits one answer, whoever else is in it. */
export const MAX_TASK_LIST_BYTES = 3 * MIB;

/** Patterns of the paths that one workstream owns. */
export const MAX_PATTERNS = 1000;

/** Paths in one question whose they are; a larger change is asked about in parts. */
export const MAX_CHECKED_PATHS = 10_000;

/** The longest time for which bodies are kept and not for ever: a hundred years. */
export const MAX_RETENTION_MS = 36_500 * 24 * 60 * 60 * 1000;

/** Messages known to have been read that a daemon can still tell a watch of; they are in its memory, in a ring. */
export const MAX_RECENT_READS = 1024;
/** Messages in one answer of `turn`: more than that nobody takes in between two steps. */
export const MAX_TURN_MESSAGES = 100;

/** Questions recalled at once when a model is about to stop; the others come at the next stop. */
export const MAX_RECALLED_QUESTIONS = 10;

/** Ways to wake one session. */
export const MAX_WAKE_ROUTES = 4;

/** Arguments of a program that wakes, and variables it is given. */
export const MAX_WAKE_ARGUMENTS = 32;

/** One such argument, path or value. */
export const MAX_WAKE_TEXT_BYTES = 4096;

/** Conversations that one notice names. */
export const MAX_WAKE_SOURCES = 8;

/** Agents with hooks in one answer of `status`. */
export const MAX_WAKING_LISTED = 200;

/** Wakes of one agent for one conversation in an hour: what two agents that wake each other can spend before they stop. */
export const WAKES_PER_THREAD_AND_HOUR = 10;

/** Wakes of one agent in 24 hours, for whatever. */
export const WAKES_PER_AGENT_AND_DAY = 60;

/** The time between two wakes of one agent. */
export const WAKE_GAP_MS = 10 * 1000;

/** How long after its last turn an agent is left alone: its harness is still putting itself to rest. */
export const WAKE_SETTLE_MS = 2000;

/** In what time a turn has to follow a wake; after it the next way is tried. */
export const WAKE_PROOF_MS = 3 * 60 * 1000;

/** How long nothing is heard of an agent that works before it is taken for idle: a turn that was cut off ends without a hook. */
export const WORKING_SILENCE_MS = 30 * 60 * 1000;

/** How long a program that wakes may run. */
export const WAKE_PROGRAM_MS = 30 * 1000;
