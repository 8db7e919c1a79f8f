/** Which file of a transcript is what (spec 7), by its path alone. */

const MESSAGE = /^((?:peers|rooms)\/[^/]+)\/(?:\d{3,}\/)?(\d{6,})-([^/]+)\.md$/;
const REGISTRY = /^registry\/[^/]+\.json$/;
const DOCUMENT = /^(?:\.gitattributes|rooms\/[^/]+\/(?:ROOM|MEMBERS)\.md|tasks\/[^/]+\/task-list\.json)$/;

/** Where a message stands. */
export interface Place {
  /** The folder of its conversation. */
  readonly conversation: string;
  readonly seq: number;
  readonly from: string;
}

/** What the path of a message's file says. @returns undefined for any other file. */
export function placeOf(path: string): Place | undefined {
  const [, conversation, seq, from] = MESSAGE.exec(path) ?? [];
  if (conversation === undefined || from === undefined) return undefined;
  return { conversation, seq: Number(seq), from };
}

/** The folder of the conversation that a message's file belongs to. @returns undefined for any other file. */
export function conversationOf(path: string): string | undefined {
  return placeOf(path)?.conversation;
}

export function isRegistryFile(path: string): boolean {
  return REGISTRY.test(path);
}

/** Files that have one current version and are not checked further. */
export function isDocument(path: string): boolean {
  return DOCUMENT.test(path);
}
