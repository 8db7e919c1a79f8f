/** A clone's objects and files as a workspace of a database: with its history, its own config, and nothing else of the clone. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { AtomicFs } from '../journal/atomic-fs.ts';
import { MAIN } from '../journal/git/git-folder.ts';
import { WorkTree } from '../journal/work-tree.ts';
import { configText, markUnfinished, sectionOf } from '../journal/workspace-config.ts';
import type { Transcript } from '../verify/read-transcript.ts';

/** Files that are in memory at a time. */
const AT_ONCE = 64;

/**
 * Makes the folder, anew if it is there. The index is the journal's to make.
 * @param owner the database's id.
 * @returns the number of this copy.
 */
export async function copyWorkspace(transcript: Transcript, folder: string, owner: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  const gitDir = join(folder, '.git');
  const drafts = join(gitDir, 'lalia', 'tmp');
  for (const made of [drafts, join(gitDir, 'refs', 'tags'), join(gitDir, 'info')])
    mkdirSync(made, { recursive: true });
  const atomic = new AtomicFs(drafts);
  await copyObjects(transcript.objectFolders, join(gitDir, 'objects'), atomic);
  const workTree = new WorkTree(folder, atomic);
  for (const files of inGroups(transcript.files())) {
    await workTree.write(new Map(files.map((file) => [file.path, transcript.content(file)])));
  }
  const files = { config: configText(owner), HEAD: `ref: ${MAIN}\n`, [MAIN]: `${transcript.head}\n` };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(gitDir, path)), { recursive: true });
    writeFileSync(join(gitDir, path), text, { flush: true });
  }
  markUnfinished(folder);
  return sectionOf(gitDir)?.transcript ?? '';
}

async function copyObjects(folders: readonly string[], to: string, atomic: AtomicFs): Promise<void> {
  mkdirSync(join(to, 'pack'), { recursive: true });
  for (const from of folders) {
    const objects = filesBelow(from).map((path) => ({ path, below: relative(from, path) }));
    // Alternates and commit graphs are about the clone.
    const wanted = objects.filter(({ below }) =>
      /^(?:[0-9a-f]{2}\/[0-9a-f]{38}|pack\/pack-.*\.(?:pack|idx))$/.test(below),
    );
    for (const group of inGroups(wanted)) {
      for (const { below } of group) mkdirSync(dirname(join(to, below)), { recursive: true });
      await atomic.writeAll(
        group.map(({ path, below }) => ({ path: join(to, below), bytes: readFileSync(path) })),
      );
    }
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
}

function* inGroups<Item>(items: Iterable<Item>): Generator<Item[]> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
