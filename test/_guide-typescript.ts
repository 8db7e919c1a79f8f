/** The TypeScript of a page of the guide as one module: each block in a function of its own, with what the text around it speaks of. */
export function compilable(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
  if (blocks.length === 0) throw new Error('The page shows no TypeScript.');
  const functions = blocks.map(
    (code, index) =>
      `export async function block${String(index)}({ ${GIVEN} }: Given): Promise<void> {\n{\n${code}}\n}\n`,
  );
  return [HEAD, ...functions].join('\n');
}

const GIVEN =
  'agent, client, supervisor, worker, signal, sessionId, privateKey, workstreams, address, text, work, render, write';

const HEAD = `import { type Agent, captureSession, type Client, connect, frames, isLaliaError, type Result, type TaskPlan } from '@lalia/client';

interface Given {
  readonly agent: Agent;
  readonly client: Client;
  readonly supervisor: Agent;
  readonly worker: Agent;
  readonly signal: AbortSignal;
  readonly sessionId: string;
  readonly privateKey: Uint8Array;
  readonly workstreams: TaskPlan['workstreams'];
  readonly address: string;
  readonly text: string;
  readonly write: (text: string) => Promise<void>;
  readonly work: (worktree: string, bundle: unknown) => Promise<void>;
  readonly render: (tasks: Result<'task_list'>['tasks']) => void;
}
`;
