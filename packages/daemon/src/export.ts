/** `lalia-daemon export`: every message of a transcript as a line of JSON, without database or daemon. */
import { EXIT, exactMessage, fail } from '@lalia/protocol';
import { readTranscript } from '@lalia/store';

/** Prints them, conversation by conversation, each in order. @returns the exit code. */
export async function exportCommand(directory: string): Promise<number> {
  using transcript = readTranscript(directory);
  if (transcript === undefined) {
    throw fail('invalid_params', `${directory} is not a transcript: it has no commits on its branch.`, {
      hint: 'Name a workspace or a clone of one.',
    });
  }
  for (const file of transcript.messageFiles()) {
    const line = `${JSON.stringify(exactMessage(file.conversation, transcript.message(file)))}\n`;
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return EXIT.ok;
}
