/** The files of a transcript, made from its commits: what a backup leaves out. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AtomicFs } from '../journal/atomic-fs.ts';
import { type ListedFile, listFiles } from '../journal/git/list-files.ts';
import { IndexKeeper } from '../journal/index-keeper.ts';
import { Repository } from '../journal/repository.ts';
import { WorkTree } from '../journal/work-tree.ts';

/** As many as are held in memory at once. */
const GROUP = 256;
const ORDINARY_FILE = '100644';

/** Writes work tree and index of a repository that has neither; all is safe when it returns. @throws the system's error. */
export async function checkOutTranscript(workspace: string): Promise<void> {
  const gitDir = join(workspace, '.git');
  const tmp = join(gitDir, 'lalia', 'tmp');
  for (const folder of [tmp, join(gitDir, 'refs', 'heads'), join(gitDir, 'objects')])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const atomic = new AtomicFs(tmp);
  using repository = new Repository(gitDir, { atomic, failpoint: () => undefined });
  const { commit } = repository.head();
  if (commit === undefined) return;
  const workTree = new WorkTree(workspace, atomic);
  const listHead = (): Iterable<ListedFile> =>
    listFiles((oid) => repository.read(oid, 'tree'), repository.treeOf(commit));
  let group = new Map<string, Buffer>();
  for (const { path, mode, oid } of listHead()) {
    // A transcript has no others; what somebody committed of another kind is theirs to check out.
    if (mode === ORDINARY_FILE) group.set(path, repository.read(oid, 'blob'));
    if (group.size < GROUP) continue;
    await workTree.write(group);
    group = new Map();
  }
  await workTree.write(group);
  const index = new IndexKeeper({ gitDir, atomic, workTree, listHead });
  index.restore('');
  await index.update([], commit);
}
