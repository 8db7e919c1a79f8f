/** Characters that JSON allows as they are and that a terminal or a reader of lines would act on. */
const ACTIVE = /[\x7f-\x9f\u2028\u2029]/g;

/** The one document that `--json` prints, on one line; nothing for `undefined`. */
export function jsonText(document: unknown): string {
  if (document === undefined) return '';
  const json = JSON.stringify(document);
  return `${json.replace(ACTIVE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
