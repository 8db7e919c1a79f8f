/** The agents of a transcript: whose key a message must be signed with, and which names it may bear. */
import type { KeyObject } from 'node:crypto';
import { fromBase64Url, publicKeyObject, type Ulid } from '@lalia/protocol';
import type { ProblemList } from './report.ts';

const FILE = /^registry\/([^/]+)\.json$/;

const MAX_SEARCHES = 10;

export interface KnownAgent {
  readonly name: string;
  readonly key: KeyObject;
  readonly publicKey: string;
  readonly names: ReadonlySet<string>;
}

export class Registry {
  readonly #agents = new Map<Ulid, KnownAgent>();
  #searches = 0;

  get size(): number {
    return this.#agents.size;
  }

  get(agentId: Ulid): KnownAgent | undefined {
    return this.#agents.get(agentId);
  }

  /**
   * Whose key a signature fits that does not fit its sender's. Looked for only a few times: a key that was swapped makes every
   * message of an agent wrong.
   * @returns the agent's name.
   */
  whose(fits: (key: KeyObject) => boolean): string | undefined {
    if (++this.#searches > MAX_SEARCHES) return undefined;
    for (const { key, name } of this.#agents.values()) if (fits(key)) return name;
    return undefined;
  }

  /** Takes up one file of `registry/`. */
  add(path: string, content: Buffer, problems: ProblemList): void {
    const id = FILE.exec(path)?.[1];
    const agent = parseAgent(content);
    if (id === undefined || agent === undefined) {
      problems.add({ kind: 'bad_registry', path, sentence: 'is not the document of an agent' });
    } else if (agent.id !== id) {
      problems.add({ kind: 'bad_registry', path, sentence: `names another agent, ${agent.id}` });
    } else {
      this.#agents.set(id, agent);
    }
  }
}

/** Reads an agent's document. @returns undefined when it is not one. */
export function parseAgent(content: Buffer): (KnownAgent & { readonly id: Ulid }) | undefined {
  try {
    const fields = JSON.parse(content.toString()) as Record<string, unknown>;
    const { agent_id: id, name, public_key: publicKey, former_names: former = [] } = fields;
    if (
      typeof id !== 'string' ||
      typeof name !== 'string' ||
      typeof publicKey !== 'string' ||
      !Array.isArray(former)
    ) {
      return undefined;
    }
    return {
      id,
      name,
      publicKey,
      key: publicKeyObject(fromBase64Url(publicKey)),
      names: new Set([name, ...former.map(String)]),
    };
  } catch {
    // Not JSON, or not a key: either way not a document of ours.
    return undefined;
  }
}
