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
  process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : renderVerifyReport(report));
  return report.problems.length === 0 ? EXIT.ok : EXIT.error;
}
