import { EXIT, fail, oneLine, type PublishOutcome } from '@lalia/client';
import { command } from '../../command.ts';
import { published } from '../../render/published.ts';

export const taskPublish = command({
  name: 'task publish',
  group: 'Tasks',
  summary: 'Publish a plan: for each workstream a worktree, a branch, a room and a task (supervisor).',
  args: {},
  flags: {
    file: {
      kind: 'text',
      value: 'FILE',
      summary: 'The plan, in JSON or YAML; - is standard input, as without it.',
    },
    'dry-run': { kind: 'switch', summary: 'Change nothing, and say what would happen.' },
  },
  examples: [
    { does: 'See what would happen', line: 'lalia task publish --file tasks.yaml --dry-run' },
    { does: 'Publish; again changes nothing', line: 'lalia task publish --file tasks.yaml' },
  ],
  run: async ({ flags, session }) => {
    if (flags.file === undefined && process.stdin.isTTY) {
      throw fail('invalid_params', 'There is no plan.', {
        hint: 'Give the file with --file FILE, or the plan on standard input.',
      });
    }
    const { readPlan } = await import('../../plan-file.ts');
    const plan = await readPlan(flags.file ?? '-');
    const agent = await session.agent();
    const dryRun = flags['dry-run'];
    const result = await agent.tasks.publish(plan, { dryRun });
    session.exitWith(exitCodeOf(result.outcomes));
    if (!session.json) for (const warning of result.warnings) session.note(`warning: ${oneLine(warning)}`);
    return { result, dryRun };
  },
  document: ({ result }) => result,
  render: published,
});

/** 0 when nothing was refused; the reason's own code when all were refused for reasons of one code; else 1. */
function exitCodeOf(outcomes: readonly PublishOutcome[]): number {
  const codes = outcomes.flatMap(({ error }) => (error === null ? [] : [error.code]));
  const [code = EXIT.ok] = codes;
  if (codes.length === outcomes.length && codes.every((one) => one === code)) return code;
  return codes.length === 0 ? EXIT.ok : EXIT.error;
}
