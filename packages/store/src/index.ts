/** @lalia/store: what Lalia keeps. The daemon is its only user; `verify` needs no database. */
export type { ConversationRecord, Pair } from './conversations.ts';
export {
  membersDocument,
  membersPath,
  registryDocument,
  registryPath,
  roomDocument,
  roomPath,
  taskListDocument,
  taskListPath,
} from './documents.ts';
export { type Failpoint, failpointsFrom } from './failpoints.ts';
export type { GroupCommit } from './group-commit.ts';
export { Journal } from './journal/journal.ts';
export { safeCommitOf } from './journal/safe-point.ts';
export { ownerIn } from './journal/subjects.ts';
export { isUnfinished, markFinished } from './journal/workspace-config.ts';
export type { Handout, MailQuery, MailRef, MailSource } from './mailboxes.ts';
export type { MessageRecord, NewMessage, Span } from './messages.ts';
export type { NicknameRecord } from './nicknames.ts';
export { openStore, type Store } from './open.ts';
export type { Document } from './outbox.ts';
export type { OwedQuestion } from './questions.ts';
export { copyWorkspace } from './rebuild/copy-workspace.ts';
export {
  type FoundAgent,
  readMembersDocument,
  readRegistryDocument,
  readRoomDocument,
  readTaskRooms,
} from './rebuild/read-documents.ts';
export type { ReceiptRecord } from './receipts.ts';
export type { AgentRecord, Lease, ResidentKind, Session } from './registry.ts';
export type { RoomRecord } from './rooms.ts';
export { HIT_END, HIT_START, type SearchHit, type SearchTerm } from './search.ts';
export type { TaskListRecord, TaskRecord, Undertaking } from './tasks.ts';
export { transcriptMessage } from './transcript-message.ts';
export type { TurnRecord, TurnState } from './turns.ts';
export { type Expectation, type Problem, renderVerifyReport, verifyTranscript } from './verify/index.ts';
export { readTranscript, type Transcript } from './verify/read-transcript.ts';
