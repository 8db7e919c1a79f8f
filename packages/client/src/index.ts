/**
 * @lalia/client: the SDK. Connect, register, tell, ask, rooms, an inbox. Adding a name here is a promise to other
 * people's code.
 */

// What a user of the SDK needs of the protocol, so that there is one package to import.
export {
  type AgentInfo,
  type AgentRef,
  type AskedQuestion,
  bodyFromBytes,
  type Check,
  type ConversationRef,
  type ConversationTarget,
  checkBody,
  checkName,
  compareVersions,
  DAEMON,
  type DroppedNotice,
  ERRORS,
  type ErrorBody,
  type ErrorContext,
  EXIT,
  type ExactMessage,
  type ExitCode,
  errorFromBody,
  type FailOptions,
  fail,
  formatAddress,
  HUMAN,
  isLaliaError,
  isName,
  isUlid,
  LaliaError,
  type Location,
  limits,
  type MessageView,
  type Method,
  messagePath,
  type Nickname,
  type OwedQuestion,
  type Params,
  type PastMessage,
  type Paths,
  PROTOCOL_VERSION,
  type Presence,
  type PublishOutcome,
  parseAddress,
  parseMessage,
  type Reason,
  type Receipt,
  type RecipientState,
  type Restored,
  type Result,
  type Retention,
  type Role,
  type RoomInfo,
  type RoomRef,
  type SearchHit,
  type Task,
  type TaskList,
  type TaskPlan,
  type TaskRef,
  type TaskStatus,
  type TurnPoint,
  type TurnState,
  type Ulid,
  VERSION,
  type WakeAttempt,
  type WakeNotice,
  type WakeRoute,
  type Waking,
  type WatchEvent,
} from '@lalia/protocol';
export {
  Agent,
  type AskOptions,
  type CollectOptions,
  type SearchOptions,
  type SendOptions,
  type Source,
  type Target,
  type WatchOptions,
} from './agent.ts';
export { backUp, type RestoreOptions, restoreBackup } from './backup.ts';
export {
  anchorText,
  type CallerFacts,
  type CallerOptions,
  callerFacts,
  captureSession,
  defaultWaitMs,
  harnessAnchor,
  heartbeatMs,
  type SessionFacts,
  suggestName,
  workingPlace,
} from './caller.ts';
export { Client, type Identified, type RegisteredAgent } from './client.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { daemonLog, LOG_LEVELS, type LogEntry, type LogLevel, type LogOptions } from './daemon-log.ts';
export type { Delivery } from './delivery.ts';
export { diagnosticsOf } from './doctor/bundle.ts';
export { checkHealth, type Health, type HealthOptions } from './doctor/doctor.ts';
export type { Environment } from './environment.ts';
export type { KeptMessage } from './exact.ts';
export type { GitLocation } from './git-location.ts';
export type { HistoryOptions } from './history.ts';
export { type HookSession, type HookSessionOptions, openHookSession } from './hook-session.ts';
export type { InboxMessage, InboxOptions } from './inbox.ts';
export { daemonLines, restartDaemon, runDaemonCommand, startDaemon, stopDaemon } from './lifecycle.ts';
export type { LinkEvents } from './link.ts';
export type { NicknameOptions, Nicknames } from './nicknames.ts';
export { starterOf } from './process-tree.ts';
export type { AgentQuestions, Resumed, ResumeOptions } from './questions.ts';
export type { ReadOptions } from './reading.ts';
export type { RegisterOptions } from './register.ts';
export {
  installService,
  type ServiceFile,
  type ServiceOptions,
  type ServiceStatus,
  serviceFile,
  serviceStatus,
  uninstallService,
} from './service.ts';
export type { CallOptions } from './signed-caller.ts';
export type { OwnedPath, TaskBoard } from './task-board.ts';
export type {
  AgentTasks,
  ClaimOptions,
  ClaimTarget,
  PublishOptions,
  ReportedStatus,
  UnpublishOptions,
} from './tasks.ts';
export { agentAddress, roomAddress } from './text/addresses.ts';
export { ago, lasting } from './text/age.ts';
export {
  type FrameView,
  frame,
  frames,
  header,
  MARK,
  quote,
  type ShownMessage,
  source,
} from './text/frame.ts';
export { LINE_BREAK, oneLine, showControls } from './text/visible.ts';
export type { TurnMail, TurnReport, WakeOptions } from './turn.ts';
