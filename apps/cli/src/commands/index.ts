/** Every command, in the order in which help lists them within their groups. */
import type { Command } from '../command.ts';
import { agents } from './agents.ts';
import { ask } from './ask.ts';
import { channels } from './channels.ts';
import { history } from './history.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { participants } from './participants.ts';
import { peek } from './peek.ts';
import { post } from './post.ts';
import { read } from './read.ts';
import { readAny } from './read-any.ts';
import { receipts } from './receipts.ts';
import { register } from './register.ts';
import { renew } from './renew.ts';
import { reply } from './reply.ts';
import { restart } from './restart.ts';
import { roomCreate } from './room-create.ts';
import { rooms } from './rooms.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { suggestNameCommand } from './suggest-name.ts';
import { tell } from './tell.ts';
import { unregister } from './unregister.ts';
import { verify } from './verify.ts';
import { whoami } from './whoami.ts';

export const ALL_COMMANDS: readonly Command[] = [
  tell,
  ask,
  reply,
  read,
  readAny,
  peek,
  post,
  channels,
  history,
  receipts,
  rooms,
  roomCreate,
  join,
  leave,
  participants,
  register,
  whoami,
  agents,
  suggestNameCommand,
  renew,
  unregister,
  status,
  start,
  stop,
  restart,
  verify,
];
