import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '@lalia/client';
import { command } from '../command.ts';
import {
  type Conversation,
  conversationOf,
  conversationsIn,
  conversationsOf,
} from '../export/conversation.ts';
import { type NewFile, writeFiles } from '../export/files.ts';
import { HTML_MARK, htmlPage } from '../export/html.ts';
import { MARKDOWN_MARK, markdownPage } from '../export/markdown.ts';
import { jsonText } from '../render/json.ts';
import { counted } from '../render/names.ts';
import type { Session } from '../session.ts';
import { conversation, ROOM_FLAG } from '../target.ts';

interface Format {
  readonly page: (conversation: Conversation) => string;
  /** Whether the pages of several conversations are one document. */
  readonly isStream: boolean;
  readonly mark: string;
}

const FORMATS = {
  jsonl: {
    page: ({ messages }) => messages.map((message) => jsonText(message)).join(''),
    isStream: true,
    mark: '{"conversation":"',
  },
  md: { page: markdownPage, isStream: false, mark: MARKDOWN_MARK },
  html: { page: htmlPage, isStream: false, mark: HTML_MARK },
} as const satisfies Record<string, Format>;

interface Wanted {
  readonly extension: keyof typeof FORMATS;
  readonly format: Format;
  /** Undefined for standard output. */
  readonly out: string | undefined;
  readonly force: boolean;
}

export const exportCommand = command({
  name: 'export',
  group: 'Look',
  summary: 'Write out conversations: JSON Lines with signatures, or a Markdown or HTML page for each.',
  args: {
    with: { summary: 'An agent, or a room; without it all your conversations.', optional: true },
  },
  flags: {
    room: ROOM_FLAG,
    format: { kind: 'choice', options: ['jsonl', 'md', 'html'], summary: 'What to write (jsonl).' },
    out: {
      kind: 'text',
      value: 'PLACE',
      summary: 'A file, or a folder for a file each; without it, and with -, standard output.',
    },
    transcript: {
      kind: 'switch',
      summary: 'All of a transcript, without a daemon; the argument is its folder, or that of a clone.',
    },
    force: { kind: 'switch', summary: 'Overwrite files that no export has written.' },
  },
  examples: [
    { does: 'All your conversations as pages', line: 'lalia export --format html --out conversations/' },
    {
      does: 'Everything in a clone',
      line: 'lalia export --transcript ~/backup/workspace --out messages.jsonl',
    },
  ],
  run: async ({ args, flags, session }) => {
    const { format: extension = 'jsonl', force, out } = flags;
    const wanted: Wanted = {
      extension,
      format: FORMATS[extension],
      out: out === '-' ? undefined : out,
      force,
    };
    const conversations: Conversation[] = [];
    for await (const found of source({ name: args.with, ...flags }, session)) conversations.push(found);
    const files = filesFor(conversations, wanted);
    if (wanted.out !== undefined) writeFiles(files, { mark: wanted.format.mark, force });
    return {
      format: extension,
      conversations: conversations.map(({ folder, messages }) => ({
        conversation: folder,
        messages: messages.length,
      })),
      files: wanted.out === undefined ? [] : files.map(({ path }) => path),
      content: wanted.out === undefined ? files.map(({ content }) => content).join('') : null,
    };
  },
  render: ({ conversations, files, content }) => {
    if (content !== null) return content;
    if (files.length === 0) return 'there is nothing to export\n';
    const total = conversations.reduce((sum, { messages }) => sum + messages, 0);
    const what = `${counted(total, 'message')} of ${counted(conversations.length, 'conversation')}`;
    return `${files.join('\n')}\nwrote ${counted(files.length, 'file')}: ${what}\n`;
  },
});

interface What {
  readonly name: string | undefined;
  readonly room: boolean;
  readonly transcript: boolean;
}

async function* source({ name, room, transcript }: What, session: Session): AsyncGenerator<Conversation> {
  if (transcript) yield* conversationsIn(name);
  else {
    const client = await session.client();
    const { workspace } = await client.call('status', {});
    const owner = { agent: await session.agent(), workspace };
    if (name === undefined) yield* conversationsOf(owner);
    else yield* conversationOf(owner, conversation({ name, room }));
  }
}

/** One file for all where that is possible, else a folder with one each, laid out as in the transcript. */
function filesFor(conversations: readonly Conversation[], { extension, format, out }: Wanted): NewFile[] {
  const pages = conversations.map((found) => ({
    name: `${found.folder}.${extension}`,
    content: format.page(found),
  }));
  if (out !== undefined && (isFolder(out) || (!format.isStream && pages.length > 1))) {
    return pages.map(({ name, content }) => ({ path: resolve(join(out, name)), content }));
  }
  if (!format.isStream && pages.length > 1) {
    throw fail('invalid_params', `These are ${String(pages.length)} pages: say where with --out FOLDER.`, {
      hint: 'Or name one conversation, or use --format jsonl.',
    });
  }
  if (pages.length === 0) return [];
  return [{ path: resolve(out ?? ''), content: pages.map(({ content }) => content).join('') }];
}

function isFolder(path: string): boolean {
  return path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
