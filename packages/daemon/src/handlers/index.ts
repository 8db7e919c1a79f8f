/** The handler of each operation. The type makes the table complete: an operation without a handler does not compile. */
import type { Handlers } from '../handler.ts';
import { ack } from './ack.ts';
import { agents } from './agents.ts';
import { channels } from './channels.ts';
import { hello } from './hello.ts';
import { history } from './history.ts';
import { identify } from './identify.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { participants } from './participants.ts';
import { peek } from './peek.ts';
import { post } from './post.ts';
import { read } from './read.ts';
import { receipts } from './receipts.ts';
import { register } from './register.ts';
import { release } from './release.ts';
import { renew } from './renew.ts';
import { replyTarget } from './reply-target.ts';
import { resolve } from './resolve.ts';
import { roomCreate } from './room-create.ts';
import { rooms } from './rooms.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { tell } from './tell.ts';
import { unregister } from './unregister.ts';

export const HANDLERS: Handlers = {
  hello,
  status,
  stop,
  register,
  unregister,
  renew,
  identify,
  resolve,
  agents,
  tell,
  post,
  read,
  ack,
  release,
  peek,
  reply_target: replyTarget,
  channels,
  history,
  receipts,
  room_create: roomCreate,
  join,
  leave,
  participants,
  rooms,
};
