/** The bundle of a task: what its room begins with, and what a claim prints (spec 8). */

/** What a bundle is made of. */
export interface BundleContent {
  readonly slug: string;
  readonly branch: string;
  readonly brief: string;
  readonly owned_paths?: readonly string[] | undefined;
  readonly contracts?: readonly { readonly other_slug: string; readonly note: string }[] | undefined;
  readonly depends_on?: readonly string[] | undefined;
}

/**
 * The text of a bundle, in Markdown. Both sides make it: the supervisor signs it as the first message of the room, and the
 * daemon checks the signature over its own copy, so that it cannot say anything else than the plan.
 */
export function formatBundle({
  slug,
  branch,
  brief,
  owned_paths = [],
  contracts = [],
  depends_on = [],
}: BundleContent): string {
  const sections = [
    `# Task ${slug}\n\nbranch: ${branch}`,
    brief.trim(),
    list(
      'Owned paths',
      owned_paths.map((path) => `\`${path}\``),
    ),
    list('Depends on', depends_on),
    list(
      'Contracts',
      contracts.map(({ other_slug, note }) => `${other_slug}: ${indented(note.trim())}`),
    ),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
