import type { SignedHandler } from '../../handler.ts';
import { inTurn } from '../../tasks/in-turn.ts';
import { publish } from '../../tasks/publish.ts';
import { publishRequest } from '../../tasks/publish-request.ts';

export const taskPublish: SignedHandler<'task_publish'> = (context, call) => {
  const request = publishRequest(context, call);
  return inTurn(context, request.mainRepoRoot, () => publish(context, request));
};
