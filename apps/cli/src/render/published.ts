/** What became of a plan: a line for each workstream. */
import { oneLine, type PublishOutcome, type Result } from '@lalia/client';
import { table } from './table.ts';

export interface Published {
  readonly result: Result<'task_publish'>;
  readonly dryRun: boolean;
}

export function published({ result, dryRun }: Published): string {
  return table(result.outcomes.map((outcome) => [said(outcome, dryRun), outcome.slug, detail(outcome)]));
}

function said({ outcome }: PublishOutcome, dryRun: boolean): string {
  if (!dryRun) return outcome;
  return { published: 'would publish', unchanged: 'unchanged', refused: 'would refuse' }[outcome];
}

function detail({ outcome, error, worktree }: PublishOutcome): string {
  if (outcome !== 'refused') return oneLine(worktree);
  return error === null ? '' : `${oneLine(error.message)} (${error.reason}) ${oneLine(error.retry_hint)}`;
}
