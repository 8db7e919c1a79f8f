/** Starting a harness as an agent: everything that can be refused is refused before anything is changed. */
import { join } from 'node:path';
import {
  anchorText,
  type Client,
  captureSession,
  type Environment,
  fail,
  harnessAnchor,
  isLaliaError,
  type Role,
  type SessionFacts,
  suggestName,
} from '@lalia/client';
import type { HarnessAdapter, LaunchPlan } from './adapter.ts';
import { withoutMarkers } from './child-environment.ts';
import { type Executable, findExecutable } from './executable.ts';
import { hooksInForce } from './hooks/in-force.ts';
import { carryOut, planWrites } from './launch-files.ts';
import { type Program, replacement } from './replace-process.ts';

export interface LaunchOptions {
  readonly adapter: HarnessAdapter;
  readonly role: Role;
  /** The role prompt. */
  readonly prompt: string;
  /** Default: `LALIA_NAME` where no harness is around that has it for itself, else the suggested name. */
  readonly name?: string | undefined;
  /** What the harness is given besides. */
  readonly args: readonly string[];
  /** Lets Lalia write a section into a file that has no place for it; a copy is kept. */
  readonly force: boolean;
  /** The hooks that the launch brings along where none are in force; undefined: none. */
  readonly hooks?: OfferedHooks | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** Told of a copy of a file that was made. */
  readonly onBackup?: (path: string) => void;
  /** Told of what its person has to do, and of hooks that it has not. */
  readonly onWord?: (word: string) => void;
}

export interface OfferedHooks {
  /** Makes the command line of an event's hook. */
  readonly command: (event: string) => string;
  /** The person's home folder, and the repository's or the working directory: where hooks may be in force already. */
  readonly home: string;
  readonly project: string;
}

/**
 * Registers an agent and becomes its harness.
 * @param connect reaches the daemon; called once it is known that the harness is there.
 * @returns the harness's exit code, where this process cannot become it; else never.
 * @throws LaliaError `harness_not_found`; `needs_force` and `unavailable` for files; `invalid_params`; whatever `register` is
 *   refused with.
 */
export async function launch(options: LaunchOptions, connect: () => Promise<Client>): Promise<number> {
  const executable = findExecutable(options.adapter, options);
  const client = await connect();
  const identity = identityOf(options);
  const { plan, word } = withHooks(planOf(options, { identity, client }), options, client);
  const writes = planWrites(plan.files ?? [], options.force);
  const program = await replacement(programOf(options, { identity, client, plan, executable }));
  const anchor = harnessAnchor(program.pid);
  try {
    await register(client, { ...identity, anchor });
    for (const path of carryOut(writes)) options.onBackup?.(path);
    if (word !== undefined) options.onWord?.(word);
    await client.close();
  } catch (error) {
    await program.cancel();
    throw error;
  }
  return program.start(anchor === null ? '' : anchorText(anchor));
}

interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly harness: string;
  readonly model: string | null;
  readonly session: SessionFacts;
}

/** What is said of a terminal counts for the agent that is started there; what is said of an agent, for that agent alone. */
function identityOf({ adapter, role, name, env, cwd }: LaunchOptions): Identity {
  const caller = captureSession({ env, cwd });
  const isTerminal = caller.harness === null;
  const harness = adapter.id;
  return {
    name: name ?? (isTerminal ? caller.envName : null) ?? suggestName({ ...caller, harness }, role),
    role,
    harness,
    model: isTerminal ? caller.model : null,
    session: { ...caller, harnessSession: null },
  };
}

interface Decided {
  readonly identity: Identity;
  readonly client: Client;
}

function planOf(options: LaunchOptions, { identity, client }: Decided): LaunchPlan {
  const folder = join(client.paths.home, 'roles', options.role);
  return options.adapter.launch.plan({ ...options, name: identity.name, folder });
}

/** Where hooks are in force already, each of them would run twice. */
function withHooks(
  plan: LaunchPlan,
  { adapter, hooks: offered, args, env }: LaunchOptions,
  { paths }: Client,
): { readonly plan: LaunchPlan; readonly word: string | undefined } {
  const { hooks, launch: launcher, title } = adapter;
  if (offered === undefined || hooks === undefined) return { plan, word: plan.next };
  if (hooksInForce(adapter.id, hooks, { ...offered, env }).length > 0) return { plan, word: plan.next };
  const install = `\`lalia hooks install ${adapter.flag}\` puts them in for good.`;
  if (launcher.bringHooks === undefined) {
    return {
      plan,
      word: `${title} takes no hooks for one launch, so mail does not come by itself. ${install}`,
    };
  }
  const folder = join(paths.home, 'launch', adapter.id);
  const brought = launcher.bringHooks(plan, { command: offered.command, folder, args, env });
  return typeof brought === 'string'
    ? { plan, word: `Mail does not come by itself: ${brought}. ${install}` }
    : { plan: brought, word: brought.next };
}

function programOf(
  { env }: LaunchOptions,
  {
    identity: { name, harness, model },
    client: { paths },
    plan,
    executable,
  }: Decided & { readonly plan: LaunchPlan; readonly executable: Executable },
): Program {
  return {
    path: executable.path,
    argv: [executable.name, ...executable.args, ...plan.args],
    env: {
      ...withoutMarkers(env),
      // Absolute: the harness may run commands anywhere.
      ...(env['LALIA_HOME'] ? { LALIA_HOME: paths.home } : {}),
      ...(env['LALIA_WORKSPACE'] ? { LALIA_WORKSPACE: paths.workspace } : {}),
      ...plan.env,
      ...(model === null ? {} : { LALIA_MODEL: model }),
      LALIA_NAME: name,
      LALIA_HARNESS: harness,
    },
  };
}

async function register(
  client: Client,
  { anchor, session, ...identity }: Identity & Pick<SessionFacts, 'anchor'>,
): Promise<void> {
  try {
    await client.register({ ...identity, session: { ...session, anchor } });
  } catch (error) {
    if (!isLaliaError(error) || error.reason !== 'session_conflict') throw error;
    throw fail('session_conflict', error.message, {
      cause: error,
      context: error.context,
      hint: 'Choose another name with --name NAME, or end that session first.',
    });
  }
}
