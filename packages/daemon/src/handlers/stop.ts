import type { OpenHandler } from '../handler.ts';

export const stop: OpenHandler<'stop'> = ({ store, lifecycle }, { params }) => {
  lifecycle.requestStop(params.reason);
  return { pid: process.pid, backlog: store.outbox.backlog() };
};
