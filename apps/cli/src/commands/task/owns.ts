import { fail } from '@lalia/client';
import { command } from '../../command.ts';
import { pathOwners } from '../../render/path-owners.ts';
import { pathInRepository } from '../../repository-path.ts';
import { taskScope } from '../../task-scope.ts';

export const taskOwns = command({
  name: 'task owns',
  group: 'Tasks',
  summary: 'Say whose paths are: which task that is not merged owns them.',
  args: {
    path: { summary: 'Paths in this repository; they need not exist.', many: true, completes: 'file' },
  },
  flags: {},
  examples: [{ does: 'Ask before changing a file', line: 'lalia task owns src/search/index.ts' }],
  run: async ({ args, session }) => {
    const { project, location } = await taskScope(session);
    const { repo_root: root, cwd } = location;
    if (root === null) {
      throw fail('invalid_params', 'This folder is in no worktree, so paths mean nothing here.');
    }
    const paths = [...new Set(args.path.map((path) => pathInRepository(path, { cwd, root })))];
    const client = await session.client();
    return { paths, owned: await client.tasks.owners(project, paths) };
  },
  document: ({ owned }) => ({ owned }),
  render: pathOwners,
});
