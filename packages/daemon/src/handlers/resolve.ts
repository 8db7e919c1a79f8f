import type { OpenHandler } from '../handler.ts';

export const resolve: OpenHandler<'resolve'> = ({ directory, views }, { params }) => {
  switch (params.kind) {
    case 'agent':
      return { kind: 'agent', agent: views.agentRef(directory.agent(params)) };
    case 'room':
      return { kind: 'room', room: views.roomRef(directory.room(params)) };
    case 'any': {
      const found = directory.any(params);
      return found.kind === 'agent'
        ? { kind: 'agent', agent: views.agentRef(found.agent) }
        : { kind: 'room', room: views.roomRef(found.room) };
    }
  }
};
