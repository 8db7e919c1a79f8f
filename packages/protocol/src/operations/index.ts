/**
 * Every operation of the socket protocol. The daemon's handler table, the client's types, the reference in docs/ and the
 * JSON Schemas follow from this list; adding an operation is one definition here and one handler there.
 */
import type * as z from 'zod';
import * as care from './care.ts';
import * as identity from './identity.ts';
import * as messages from './messages.ts';
import * as nicknames from './nicknames.ts';
import * as questions from './questions.ts';
import * as keeping from './retention.ts';
import * as roomOperations from './rooms.ts';
import * as finding from './search.ts';
import * as session from './session.ts';
import * as tasks from './tasks.ts';
import * as turns from './turns.ts';
import * as watching from './watch.ts';

export type { Caller, OperationDefinition } from './definition.ts';
export { plan as taskPlan } from './task-shapes.ts';

export const OPERATIONS = {
  hello: session.hello,
  status: session.status,
  stop: session.stop,
  diagnose: care.diagnose,
  backup: care.backup,
  retention: keeping.retention,
  retention_set: keeping.retentionSet,
  register: identity.register,
  unregister: identity.unregister,
  rename: identity.rename,
  renew: identity.renew,
  identify: identity.identify,
  resolve: identity.resolve,
  agents: identity.agents,
  agents_gc: identity.agentsGc,
  nickname_set: nicknames.nicknameSet,
  nicknames: nicknames.nicknames,
  nickname_delete: nicknames.nicknameDelete,
  tell: messages.tell,
  post: messages.post,
  read: messages.read,
  ack: messages.ack,
  release: messages.release,
  peek: messages.peek,
  turn: turns.turn,
  wake_wait: turns.wakeWait,
  reply_target: messages.replyTarget,
  channels: messages.channels,
  history: messages.history,
  transcript: messages.transcript,
  receipts: messages.receipts,
  waiting: questions.waiting,
  question: questions.question,
  question_resolve: questions.questionResolve,
  search: finding.search,
  watch: watching.watch,
  room_create: roomOperations.roomCreate,
  join: roomOperations.join,
  leave: roomOperations.leave,
  participants: roomOperations.participants,
  rooms: roomOperations.rooms,
  rooms_gc: tasks.roomsGc,
  task_publish: tasks.taskPublish,
  task_list: tasks.taskList,
  task_claim: tasks.taskClaim,
  task_release: tasks.taskRelease,
  task_set_status: tasks.taskSetStatus,
  task_unassign: tasks.taskUnassign,
  task_reassign: tasks.taskReassign,
  task_unpublish: tasks.taskUnpublish,
  task_handoff: tasks.taskHandoff,
  task_gc: tasks.taskGc,
  task_owners: tasks.taskOwners,
  task_guard: tasks.taskGuard,
} as const;

type Operations = typeof OPERATIONS;

/** The name of an operation. */
export type Method = keyof Operations;

/** The params of an operation as they are sent; what has a default may be left out. */
export type Params<M extends Method> = z.input<Operations[M]['params']>;

/** The params of an operation as its handler sees them, with defaults filled in. */
export type ParsedParams<M extends Method> = z.output<Operations[M]['params']>;

/** What an operation answers. */
export type Result<M extends Method> = z.output<Operations[M]['result']>;

/** The operations that an agent has to sign. */
export type SignedMethod = { [M in Method]: Operations[M]['caller'] extends 'agent' ? M : never }[Method];

export type AgentRef = Result<'unregister'>['agent'];
export type AgentInfo = Result<'agents'>['agents'][number];
export type AgentKind = AgentRef['kind'];
export type RoomRef = Result<'leave'>['room'];
export type RoomInfo = Result<'rooms'>['rooms'][number];
export type MessageView = Result<'read'>['messages'][number];
export type PastMessage = Result<'history'>['messages'][number];
export type WatchEvent = Result<'watch'>['events'][number];
export type Retention = Result<'retention'>;
export type DroppedNotice = NonNullable<Result<'read'>['dropped']>;
export type ConversationRef = MessageView['conversation'];
export type ConversationTarget = ParsedParams<'history'>['target'];
export type ReadSource = ParsedParams<'read'>['source'];
export type RecipientState = Result<'tell'>['recipient'];
export type Receipt = Result<'receipts'>['receipts'][number];
export type AskedQuestion = Result<'waiting'>['asked'][number];
export type OwedQuestion = Result<'waiting'>['owed'][number];
export type TurnPoint = ParsedParams<'turn'>['at'];
export type TurnState = NonNullable<AgentInfo['turn']>;
export type WakeNotice = Result<'wake_wait'>['notice'];
export type WakeAttempt = Receipt['recipients'][number]['wakes'][number];
export type Waking = Result<'status'>['waking'][number];
export type WakeRoute = NonNullable<ParsedParams<'turn'>['wake']>[number];
export type SearchHit = Result<'search'>['hits'][number];
export type TaskPlan = Params<'task_publish'>['plan'];
export type Workstream = ParsedParams<'task_publish'>['plan']['workstreams'][number];
export type FirstPost = Params<'task_publish'>['first_posts'][number];
export type TaskRef = Result<'task_gc'>['removed'][number];
export type Task = Result<'task_list'>['tasks'][number];
export type TaskStatus = Task['status'];
export type TaskList = Result<'task_list'>;
export type PublishOutcome = Result<'task_publish'>['outcomes'][number];
export type Location = ParsedParams<'register'>['location'];
export type Anchor = NonNullable<ParsedParams<'register'>['anchor']>;
export type Nickname = Result<'nickname_set'>['nickname'];
export type ProcessRef = ParsedParams<'identify'>['ancestors'][number];
export type Presence = AgentInfo['presence'];
export type Role = AgentInfo['role'];
