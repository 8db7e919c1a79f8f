/**
 * @lalia/protocol: what every peer of a Lalia daemon shares. Adding a name here is a promise to other people's code.
 * This entry loads no schemas at run time; those are in `@lalia/protocol/operations`.
 */
export { type Address, checkName, formatAddress, parseAddress } from './address.ts';
export { fromBase64Url, toBase64Url } from './base64url.ts';
export { bodyFromBytes, checkBody } from './body.ts';
export { type BundleContent, formatBundle } from './bundle.ts';
export { canonicalJson } from './canonical.ts';
export {
  ERRORS,
  type ErrorBody,
  type ErrorContext,
  EXIT,
  type ExitCode,
  errorFromBody,
  type FailOptions,
  fail,
  invariant,
  isLaliaError,
  isReason,
  LaliaError,
  type Reason,
} from './errors.ts';
export { encodeLine, LineDecoder, utf8Bytes } from './framing.ts';
export { type Check, fails, passes, warns } from './health-check.ts';
export { DAEMON, HUMAN, isName, isUlid, type Ulid, ulidSource } from './ids.ts';
export * as limits from './limits.ts';
export {
  type ChannelMessage,
  type ExactMessage,
  exactMessage,
  type Message,
  type RoomMessage,
  signedContentOf,
} from './message.ts';
export {
  generateKeyPair,
  privateKeyObject,
  publicKeyObject,
  rawPublicKey,
  signRequest,
  verifyRequest,
} from './node-signing.ts';
export type {
  AgentInfo,
  AgentKind,
  AgentRef,
  Anchor,
  AskedQuestion,
  ConversationRef,
  ConversationTarget,
  DroppedNotice,
  FirstPost,
  Location,
  MessageView,
  Method,
  Nickname,
  OwedQuestion,
  Params,
  ParsedParams,
  PastMessage,
  Presence,
  ProcessRef,
  PublishOutcome,
  ReadSource,
  Receipt,
  RecipientState,
  Result,
  Retention,
  Role,
  RoomInfo,
  RoomRef,
  SearchHit,
  SignedMethod,
  Task,
  TaskList,
  TaskPlan,
  TaskRef,
  TaskStatus,
  TurnPoint,
  TurnState,
  WakeAttempt,
  WakeNotice,
  WakeRoute,
  Waking,
  WatchEvent,
  Workstream,
} from './operations/index.ts';
export { type PathEnvironment, type PathInputs, type Paths, pathsOf } from './paths.ts';
export { publicKeyOf, signPortably, verifyPortably } from './portable-signing.ts';
export type { Rebuilt, Restored } from './program-results.ts';
export {
  failure,
  parseRequest,
  parseResponse,
  type RequestId,
  type RpcFailure,
  type RpcRequest,
  type RpcResponse,
  type RpcSuccess,
  success,
} from './rpc.ts';
export { type Auth, type SignedContent, signingText, type UnsignedAuth } from './signed-content.ts';
export { formatMessage, messagePath, parseMessage } from './transcript.ts';
export { compareVersions, PROTOCOL_VERSION, VERSION } from './version.ts';
