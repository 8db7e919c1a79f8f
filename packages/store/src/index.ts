/** @lalia/store: what Lalia keeps. The daemon is its only user; `verify` needs no database. */
export { checkOutTranscript } from './backup/check-out.ts';
export { type AboutBackup, BACKUP_FORMAT } from './backup/manifest.ts';
export { type UnpackedBackup, unpackBackup } from './backup/read-backup.ts';
export { type BackupParts, writeBackup } from './backup/write-backup.ts';
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
export { type Examination, examineDatabase, lockDatabase, takeProcessLock } from './health.ts';
export { Journal } from './journal/journal.ts';
export { safeCommitOf } from './journal/safe-point.ts';
export { ownerIn } from './journal/subjects.ts';
export { transcriptHeadOf } from './journal/transcript-head.ts';
export {
  isUnfinished,
  markFinished,
  transcriptIdOf,
  transcriptOwnerOf,
} from './journal/workspace-config.ts';
export type { Handout, MailQuery, MailRef, MailSource } from './mailboxes.ts';
export { keptBody, type MessageRecord, type NewMessage, type Span } from './messages.ts';
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
export type { PrunePlace, RetentionRecord } from './retention.ts';
export type { RoomRecord } from './rooms.ts';
export { HIT_END, HIT_START, type SearchHit, type SearchTerm } from './search.ts';
export { translateSqliteError } from './sqlite-errors.ts';
export type { TaskListRecord, TaskRecord, Undertaking } from './tasks.ts';
export { transcriptMessage } from './transcript-message.ts';
export type { TurnRecord, TurnState } from './turns.ts';
export { type Expectation, type Problem, renderVerifyReport, verifyTranscript } from './verify/index.ts';
export { readTranscript, type Transcript } from './verify/read-transcript.ts';
export type { WakeOutcome, WakeRecord, WakingMail } from './wakes.ts';
export type { MessageHead, WatchPage } from './watching.ts';
