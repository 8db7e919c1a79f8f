/** `lalia-daemon verify`: checks a transcript, of this machine or any clone, without a daemon. */
import { EXIT } from '@lalia/protocol';
import { renderVerifyReport, verifyTranscript } from '@lalia/store';

export interface VerifyOptions {
  readonly directory: string;
  readonly isJson: boolean;
}

/** Prints what is wrong with a transcript. @returns the exit code: 0 when nothing is. */
export async function verifyCommand({ directory, isJson }: VerifyOptions): Promise<number> {
  const report = await verifyTranscript(directory);
  const { problems, counts, isShallow } = report;
  // What programs read; apps/cli/schemas/verify.json has its shape.
  const document = { problems, counts, is_shallow: isShallow };
  process.stdout.write(isJson ? `${JSON.stringify(document)}\n` : renderVerifyReport(report));
  return problems.length === 0 ? EXIT.ok : EXIT.error;
}
