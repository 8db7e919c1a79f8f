/** An entry of the daemon's log in a line. */
import { type LogEntry, oneLine } from '@lalia/client';
import type { View } from '../command.ts';
import { red } from './paint.ts';

const LEVEL_WIDTH = 'error'.length;

export function logLine({ at, level, pid, event, ...fields }: LogEntry, view: View): string {
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  const words = [at ?? '-', level.padEnd(LEVEL_WIDTH), oneLine(event), ...facts, ...pidText(pid)];
  const line = words.join(' ');
  return `${level === 'error' ? red(line, view) : line}\n`;
}

function pidText(pid: number | null): string[] {
  return pid === null ? [] : [`pid=${String(pid)}`];
}

/** Text as it is, where it is a word; else as JSON has it, so that it can be told where it ends. */
function valueText(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"]+$/.test(value)) return oneLine(value);
  return oneLine(JSON.stringify(value));
}
