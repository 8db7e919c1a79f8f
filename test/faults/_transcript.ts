/** The transcript, as git has it, against what the daemon says was said. */
import type { Agent, PastMessage, Target } from '@lalia/client';
import { parseMessage } from '@lalia/protocol';
import { git, type Lalia, run } from '@lalia/testkit';
import { expect } from 'vitest';

/** All messages of a conversation, through the daemon. */
export async function historyOf(agent: Agent, target: Target): Promise<PastMessage[]> {
  const found: PastMessage[] = [];
  let isMore = true;
  while (isMore) {
    const { messages, more } = await agent.history(target, { sinceSeq: found.length, limit: 1000 });
    found.push(...messages);
    isMore = more;
  }
  return found;
}

/**
 * Waits until the transcript is complete, then expects it to hold exactly these conversations, gapless, each message
 * once, at a path that was written once, in a repository that neither git nor `lalia verify` finds anything wrong with.
 */
export async function expectTranscript(lalia: Lalia, conversations: readonly PastMessage[][]): Promise<void> {
  await lalia.journaled();
  for (const messages of conversations) {
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, position) => position + 1));
  }
  const expected = conversations.flat().map(({ id, seq, body }) => ({ id, seq, body }));
  const written = await messagesIn(lalia.workspace);
  expect(written.sort(byId)).toEqual(expected.sort(byId));
  expect(await writtenTwice(lalia.workspace)).toEqual([]);
  expect(await git(lalia.workspace, 'status', '--porcelain')).toBe('');
  expect(await git(lalia.workspace, 'fsck', '--full', '--strict', '--no-dangling')).toBe('');
  expect(await lalia.cli(['verify'])).toMatchObject({ code: 0 });
}

interface Written {
  readonly id: string;
  readonly seq: number;
  readonly body: string;
}

async function messagesIn(workspace: string): Promise<Written[]> {
  const listed = await git(workspace, 'ls-tree', '-r', '-z', 'HEAD', 'peers', 'rooms');
  const oids = listed.split('\0').flatMap((line) => {
    const [, oid, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/.exec(line) ?? [];
    return oid !== undefined && isMessage(path) ? [oid] : [];
  });
  const contents = await contentsOf(workspace, oids);
  return contents.map(parseMessage).map(({ id, seq, body }) => ({ id, seq, body }));
}

async function contentsOf(workspace: string, oids: readonly string[]): Promise<string[]> {
  const input = oids.map((oid) => `${oid}\n`).join('');
  const { stdout } = await run(['git', 'cat-file', '--batch'], { cwd: workspace, input });
  const bytes = Buffer.from(stdout);
  const contents: string[] = [];
  // Each object is a line `<oid> <type> <size>`, its bytes, and a line feed.
  for (let position = 0; position < bytes.length; ) {
    const start = bytes.indexOf('\n', position) + 1;
    const end = start + Number(bytes.toString('utf8', position, start).split(' ')[2]);
    contents.push(bytes.toString('utf8', start, end));
    position = end + 1;
  }
  return contents;
}

/** Paths of messages that more than one commit wrote. */
async function writtenTwice(workspace: string): Promise<string[]> {
  const log = await git(workspace, 'log', '--format=', '--name-only', '--', 'peers', 'rooms');
  const paths = log.split('\n').filter(isMessage);
  return paths.filter((path, position) => paths.indexOf(path) !== position);
}

function isMessage(path: string | undefined): boolean {
  return path !== undefined && /\/\d{6}-[^/]+\.md$/.test(path);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
