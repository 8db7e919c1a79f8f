/** What verify found, as text: a line for each problem, the first wrong message, and a summary as the last line. */
import type { Problem, VerifyReport } from './report.ts';

/** A key that was swapped makes every message of its agent wrong. */
const MAX_LINES = 50;

/** The report as text. */
export function renderVerifyReport(report: VerifyReport): string {
  const { problems, counts } = report;
  const lines = problems.slice(0, MAX_LINES).map(lineOf);
  if (counts.commits === 0) return [...lines, 'Nothing was checked.', ''].join('\n');
  if (problems.length > MAX_LINES) {
    lines.push(`… and ${counted(problems.length - MAX_LINES, 'more problem')}; --json has all of them.`);
  }
  const found = problems.length === 0 ? 'No problems' : counted(problems.length, 'problem');
  return [...lines, ...firstLine(report), `${found}: checked ${checkedLine(report)}`, ''].join('\n');
}

function lineOf({ path, sentence }: Problem): string {
  return path === '' ? `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}` : `${path}: ${sentence}`;
}

function firstLine({ first }: VerifyReport): string[] {
  if (first === null || first.conversation === null || first.seq === null) return [];
  return [`The first wrong message is number ${String(first.seq)} of ${first.conversation}.`];
}

function checkedLine({ counts, isShallow, isPartial }: VerifyReport): string {
  const checked = [
    counted(counts.messages, 'message'),
    `in ${counted(counts.conversations, 'conversation')}`,
    `by ${counted(counts.agents, 'agent')}`,
    `over ${counted(counts.commits, 'commit')}`,
  ].join(' ');
  const caveats = [
    isShallow ? ' The clone is shallow: changes before its first commit cannot be seen.' : '',
    isPartial ? ' The clone is partial: earlier versions that it has not got were not checked.' : '',
  ];
  return `${checked}.${caveats.join('')}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
