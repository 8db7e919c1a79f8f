import type { SignedHandler } from '../handler.ts';

export const turn: SignedHandler<'turn'> = ({ turnLine, store }, { params, caller, connection, signal }) =>
  turnLine.join({ agent: caller, params, connection, signal }, store.commits);
