/** The handler of each operation. The type makes the table complete: an operation without a handler does not compile. */
import type { Handlers } from '../handler.ts';
import { ack } from './ack.ts';
import { agents } from './agents.ts';
import { agentsGc } from './agents-gc.ts';
import { backup } from './backup.ts';
import { channels } from './channels.ts';
import { diagnose } from './diagnose.ts';
import { hello } from './hello.ts';
import { history } from './history.ts';
import { identify } from './identify.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { nicknameDelete, nicknameSet, nicknames } from './nicknames.ts';
import { participants } from './participants.ts';
import { peek } from './peek.ts';
import { post } from './post.ts';
import { question } from './question.ts';
import { questionResolve } from './question-resolve.ts';
import { read } from './read.ts';
import { receipts } from './receipts.ts';
import { register } from './register.ts';
import { release } from './release.ts';
import { rename } from './rename.ts';
import { renew } from './renew.ts';
import { replyTarget } from './reply-target.ts';
import { resolve } from './resolve.ts';
import { retention, retentionSet } from './retention.ts';
import { roomCreate } from './room-create.ts';
import { rooms } from './rooms.ts';
import { roomsGc } from './rooms-gc.ts';
import { search } from './search.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { taskClaim } from './tasks/claim.ts';
import { taskGc } from './tasks/gc.ts';
import { taskGuard } from './tasks/guard.ts';
import { taskHandoff } from './tasks/handoff.ts';
import { taskList } from './tasks/list.ts';
import { taskOwners } from './tasks/owners.ts';
import { taskPublish } from './tasks/publish.ts';
import { taskReassign } from './tasks/reassign.ts';
import { taskRelease } from './tasks/release.ts';
import { taskSetStatus } from './tasks/set-status.ts';
import { taskUnassign } from './tasks/unassign.ts';
import { taskUnpublish } from './tasks/unpublish.ts';
import { tell } from './tell.ts';
import { transcript } from './transcript.ts';
import { turn } from './turn.ts';
import { unregister } from './unregister.ts';
import { waiting } from './waiting.ts';
import { wakeWait } from './wake-wait.ts';
import { watch } from './watch.ts';

export const HANDLERS: Handlers = {
  hello,
  status,
  stop,
  diagnose,
  backup,
  retention,
  retention_set: retentionSet,
  register,
  unregister,
  rename,
  renew,
  identify,
  resolve,
  agents,
  agents_gc: agentsGc,
  nickname_set: nicknameSet,
  nicknames,
  nickname_delete: nicknameDelete,
  tell,
  post,
  read,
  ack,
  release,
  peek,
  turn,
  wake_wait: wakeWait,
  reply_target: replyTarget,
  channels,
  history,
  transcript,
  receipts,
  waiting,
  question,
  question_resolve: questionResolve,
  search,
  watch,
  room_create: roomCreate,
  join,
  leave,
  participants,
  rooms,
  rooms_gc: roomsGc,
  task_claim: taskClaim,
  task_gc: taskGc,
  task_guard: taskGuard,
  task_handoff: taskHandoff,
  task_list: taskList,
  task_owners: taskOwners,
  task_publish: taskPublish,
  task_reassign: taskReassign,
  task_release: taskRelease,
  task_set_status: taskSetStatus,
  task_unassign: taskUnassign,
  task_unpublish: taskUnpublish,
};
