/** Every command, in the order in which help lists them within their groups. */
import type { Command } from '../command.ts';
import { agents } from './agents.ts';
import { agentsGc } from './agents-gc.ts';
import { ask } from './ask.ts';
import { backup } from './backup.ts';
import { channels } from './channels.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { history } from './history.ts';
import { hooksInstall } from './hooks/install.ts';
import { hooksProbe } from './hooks/probe.ts';
import { hooksStatus } from './hooks/status.ts';
import { hooksUninstall } from './hooks/uninstall.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { log } from './log.ts';
import { mcp } from './mcp.ts';
import { nickname } from './nickname.ts';
import { participants } from './participants.ts';
import { peek } from './peek.ts';
import { plugin } from './plugin.ts';
import { post } from './post.ts';
import { init, prompt } from './prompt.ts';
import { protocolCommand } from './protocol.ts';
import { read } from './read.ts';
import { readAny } from './read-any.ts';
import { rebuild } from './rebuild.ts';
import { receipts } from './receipts.ts';
import { register } from './register.ts';
import { rename } from './rename.ts';
import { renew } from './renew.ts';
import { reply } from './reply.ts';
import { resolve } from './resolve.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { retention } from './retention.ts';
import { roomCreate } from './room-create.ts';
import { rooms } from './rooms.ts';
import { roomsGc } from './rooms-gc.ts';
import { run } from './run.ts';
import { search } from './search.ts';
import { serviceInstall, serviceStatusCommand, serviceUninstall } from './service.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { suggestNameCommand } from './suggest-name.ts';
import { taskBulletin } from './task/bulletin.ts';
import { taskCheck } from './task/check.ts';
import { taskClaim } from './task/claim.ts';
import { taskGc } from './task/gc.ts';
import { taskGuardInstall, taskGuardUninstall } from './task/guard.ts';
import { taskHandoff } from './task/handoff.ts';
import { taskList } from './task/list.ts';
import { taskOwns } from './task/owns.ts';
import { taskPublish } from './task/publish.ts';
import { taskReassign } from './task/reassign.ts';
import { taskRelease } from './task/release.ts';
import { taskSetStatus } from './task/set-status.ts';
import { taskShow } from './task/show.ts';
import { taskUnassign } from './task/unassign.ts';
import { taskUnpublish } from './task/unpublish.ts';
import { tell } from './tell.ts';
import { unregister } from './unregister.ts';
import { verify } from './verify.ts';
import { version } from './version.ts';
import { waiting } from './waiting.ts';
import { watch } from './watch.ts';
import { whoami } from './whoami.ts';

export const ALL_COMMANDS: readonly Command[] = [
  tell,
  ask,
  reply,
  read,
  readAny,
  peek,
  post,
  waiting,
  resolve,
  channels,
  history,
  exportCommand,
  search,
  watch,
  receipts,
  rooms,
  roomCreate,
  join,
  leave,
  participants,
  roomsGc,
  taskBulletin,
  taskClaim,
  taskSetStatus,
  taskRelease,
  taskShow,
  taskList,
  taskOwns,
  taskCheck,
  taskPublish,
  taskReassign,
  taskUnassign,
  taskUnpublish,
  taskHandoff,
  taskGc,
  taskGuardInstall,
  taskGuardUninstall,
  run,
  init,
  prompt,
  hooksInstall,
  hooksStatus,
  hooksProbe,
  hooksUninstall,
  plugin,
  protocolCommand(() => ALL_COMMANDS),
  mcp,
  register,
  whoami,
  agents,
  agentsGc,
  suggestNameCommand,
  nickname,
  rename,
  renew,
  unregister,
  status,
  start,
  stop,
  restart,
  log,
  doctor,
  backup,
  restore,
  retention,
  serviceInstall,
  serviceStatusCommand,
  serviceUninstall,
  verify,
  rebuild,
  version,
  completion,
];
