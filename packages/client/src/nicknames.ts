/** The names that the person gives to agents: the same for everybody in a home, and no identity is needed. */
import { invariant, type Method, type Nickname, type Params, type Result } from '@lalia/protocol';
import { workingPlace } from './caller.ts';
import type { Link } from './link.ts';
import type { CallOptions } from './signed-caller.ts';

export interface NicknameOptions extends CallOptions {
  /** Where a bare name is looked up first. Default: the project of the working directory; null: none. */
  readonly project?: string | null | undefined;
}

export class Nicknames {
  readonly #link: Link;

  /** Use `Client.nicknames`. */
  constructor(link: Link) {
    this.#link = link;
  }

  /**
   * Gives an agent a nickname; one that there is already goes over to it.
   * @param follow whether the address is kept, and looked up at each use; else it is the agent that has it now.
   * @throws LaliaError `name_taken` for the name of an agent, `name_reserved`, `agent_not_found`, `ambiguous_address`.
   */
  async set(
    nickname: string,
    address: string,
    { follow, project, ...options }: NicknameOptions & { readonly follow?: boolean | undefined } = {},
  ): Promise<Nickname> {
    const params = { nickname, address, project: placeOf(project), ...(follow === true ? { follow } : {}) };
    return (await this.#call('nickname_set', params, options)).nickname;
  }

  /** All nicknames, with whom each leads to now. */
  async list({ project, ...options }: NicknameOptions = {}): Promise<Nickname[]> {
    return (await this.#call('nicknames', { project: placeOf(project) }, options)).nicknames;
  }

  /** One nickname. @throws LaliaError `nickname_not_found`. */
  async get(nickname: string, { project, ...options }: NicknameOptions = {}): Promise<Nickname> {
    const { nicknames } = await this.#call('nicknames', { nickname, project: placeOf(project) }, options);
    const [found] = nicknames;
    invariant(found !== undefined, 'the daemon refuses what it does not know');
    return found;
  }

  /** Deletes a nickname; the agent stays. @throws LaliaError `nickname_not_found`. */
  async delete(nickname: string, options: CallOptions = {}): Promise<void> {
    await this.#call('nickname_delete', { nickname }, options);
  }

  async #call<M extends Method>(method: M, params: Params<M>, options: CallOptions): Promise<Result<M>> {
    return (await this.#link.request({ ...options, method, params: () => params })) as Result<M>;
  }
}

function placeOf(project: string | null | undefined): string | null {
  return project === undefined ? workingPlace().project : project;
}
