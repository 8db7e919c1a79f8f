/** `lalia-daemon verify`: checks a transcript, of this machine or any clone, without a daemon. */
import { EXIT, fail } from '@lalia/protocol';
import { type Expectation, renderVerifyReport, safeCommitOf, verifyTranscript } from '@lalia/store';

export interface VerifyOptions {
  readonly directory: string;
  /** The journal's file about this home's own transcript. */
  readonly safePoint: string;
  /** A commit that has to be there, as whoever asks knows. */
  readonly expect: string | undefined;
  readonly isJson: boolean;
}

/** Prints what is wrong with a transcript. @returns the exit code: 0 when nothing is. */
export async function verifyCommand(options: VerifyOptions): Promise<number> {
  // Before the history is looked at, because a journal that writes meanwhile moves both.
  const expected = expectationsOf(options);
  const report = await verifyTranscript(options.directory, { expected });
  const { problems, first, counts, head, isShallow, isPartial } = report;
  // What programs read; apps/cli/schemas/verify.json has its shape.
  const document = { problems, first, counts, head, is_shallow: isShallow, is_partial: isPartial };
  process.stdout.write(options.isJson ? `${JSON.stringify(document)}\n` : renderVerifyReport(report));
  return problems.length === 0 ? EXIT.ok : EXIT.error;
}

function expectationsOf({ directory, safePoint, expect }: VerifyOptions): Expectation[] {
  if (expect !== undefined && !/^[0-9a-f]{7,40}$/.test(expect)) {
    throw fail(
      'invalid_params',
      `"${expect}" is not a commit: at least seven digits of its name are needed.`,
      {
        hint: '`lalia verify --json` says under "head" which commit a transcript ends with; so does `git rev-parse HEAD`.',
      },
    );
  }
  const written = safeCommitOf(directory, safePoint);
  return [
    ...(written === undefined ? [] : [{ commit: written, by: 'journal' } as const]),
    ...(expect === undefined ? [] : [{ commit: expect, by: 'caller' } as const]),
  ];
}
