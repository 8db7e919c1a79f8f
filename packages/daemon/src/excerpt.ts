/** A message in one line, for lists. */

const EXCERPT_CHARACTERS = 80;

/** The beginning of a body, on one line. */
export function excerpt(body: string): string {
  const line = body
    .slice(0, 4 * EXCERPT_CHARACTERS)
    .replace(/\s+/gu, ' ')
    .trim();
  return line.length <= EXCERPT_CHARACTERS ? line : `${[...line].slice(0, EXCERPT_CHARACTERS).join('')}…`;
}
