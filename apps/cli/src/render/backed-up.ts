/** A backup that was written, and one that was restored. */
import { ago, oneLine, type Restored, type Result } from '@lalia/client';
import type { View } from '../command.ts';

const MIB = 1024 * 1024;

export function backedUp(result: Result<'backup'>): string {
  const { file, bytes, messages, agents, keys, has_transcript: hasTranscript } = result;
  const size = `${(bytes / MIB).toFixed(1)} MiB`;
  const transcript = hasTranscript ? '' : 'the transcript is not in it; it is written anew after a restore\n';
  return (
    `backed up to ${oneLine(file)} (${size}): ${String(messages)} messages, ${String(agents)} agents\n` +
    `${transcript}it holds ${String(keys)} private keys: keep it to yourself\n`
  );
}

export function restored(result: Restored, { nowMs }: View): string {
  const { home, workspace, messages, unread, agents, has_transcript: hasTranscript } = result;
  const aside = result.moved_aside.map((path) => `what was there is at ${oneLine(path)}\n`).join('');
  const transcript = hasTranscript ? '' : ', which the next daemon writes anew';
  return (
    `restored the backup of ${ago(result.created_ts, nowMs)}: ${String(messages)} messages, ${String(unread)} unread, ${String(agents)} agents\n` +
    `home        ${oneLine(home)}\nworkspace   ${oneLine(workspace)}${transcript}\n${aside}`
  );
}
