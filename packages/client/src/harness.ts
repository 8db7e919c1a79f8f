/**
 * What is known about each coding harness, as data. Sources and confidence of every fact: the project's harness notes
 * (sections 0.2 to 0.5), checked on Linux in November 2026; harnesses change often, so nothing here is relied on for
 * safety, only for convenience.
 */
import type { Environment } from './environment.ts';

export interface Harness {
  /** How it is called in names and lists. */
  readonly id: string;
  /** Any of these, set and not empty, says that a command runs inside it. */
  readonly detect: readonly string[];
  /** Where the id of the running conversation is; the first one that is set counts. */
  readonly session: readonly string[];
  readonly model: readonly string[];
  /** Matches the path of its program, or of its script where an interpreter runs it. */
  readonly program: RegExp | undefined;
  /** How long a blocking command may wait by default, so that the harness does not end it first. */
  readonly waitMs: number;
  /** It ends a command that says nothing for some minutes: how often one says that it still waits. */
  readonly heartbeatMs?: number;
  /** Its variables are ones that people set themselves, so they count only beneath its process. */
  readonly needsProcess?: true;
  /** Runs commands in a process namespace of their own, where pids mean nothing outside. */
  readonly hidesProcesses?: true;
}

const S = 1000;
const OTHERS_WAIT_MS = 50 * S;

/** In the order in which they are looked for, where more than one variable is set and no process tells. */
export const HARNESSES: readonly Harness[] = [
  {
    id: 'claude-code',
    detect: ['CLAUDECODE'],
    session: ['CLAUDE_CODE_SESSION_ID'],
    model: [],
    program: /(^|\/)claude(\.exe)?$|\/claude-code\//,
    waitMs: 100 * S,
  },
  {
    id: 'codex',
    detect: ['CODEX_THREAD_ID', 'CODEX_CI', 'CODEX_VERSION'],
    session: ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'],
    model: [],
    program: /(^|\/)codex(-[\w-]+)?(\.js)?$/,
    waitMs: 240 * S,
    hidesProcesses: true,
  },
  {
    id: 'copilot',
    detect: ['COPILOT_CLI', 'COPILOT_AGENT_SESSION_ID'],
    session: ['COPILOT_AGENT_SESSION_ID'],
    model: [],
    program: /(^|\/)copilot$|\/@github\/copilot\//,
    waitMs: 240 * S,
  },
  {
    id: 'qwen-code',
    detect: ['QWEN_CODE'],
    session: ['QWEN_CODE_SESSION_ID'],
    model: ['QWEN_CODE_MODEL'],
    program: /(^|\/)qwen$|\/qwen-code\//,
    waitMs: 100 * S,
  },
  {
    id: 'antigravity',
    detect: ['ANTIGRAVITY_AGENT'],
    session: [],
    model: [],
    program: /(^|\/)agy$/,
    waitMs: OTHERS_WAIT_MS,
  },
  {
    id: 'gemini',
    detect: ['GEMINI_CLI'],
    session: ['GEMINI_SESSION_ID'],
    model: [],
    program: /(^|\/)gemini$|\/gemini-cli\//,
    waitMs: 240 * S,
    heartbeatMs: 60 * S,
  },
  {
    id: 'opencode',
    detect: ['OPENCODE'],
    session: [],
    model: [],
    program: /(^|\/)opencode$/,
    waitMs: 100 * S,
  },
  { id: 'kilo', detect: ['KILO'], session: [], model: [], program: /(^|\/)kilo$/, waitMs: 100 * S },
  {
    id: 'cursor',
    detect: ['CURSOR_AGENT'],
    session: [],
    model: [],
    program: /(^|\/)cursor-agent$/,
    waitMs: 25 * S,
  },
  {
    id: 'amp',
    detect: ['AGENT_THREAD_ID', 'AMP_CURRENT_THREAD_ID'],
    session: ['AGENT_THREAD_ID', 'AMP_CURRENT_THREAD_ID'],
    model: [],
    program: /(^|\/)amp$/,
    waitMs: OTHERS_WAIT_MS,
  },
  {
    id: 'kimi',
    detect: ['KIMI_CODE_CLI'],
    session: [],
    model: [],
    program: /(^|\/)kimi$/,
    waitMs: OTHERS_WAIT_MS,
  },
  { id: 'crush', detect: ['CRUSH'], session: [], model: [], program: /(^|\/)crush$/, waitMs: OTHERS_WAIT_MS },
  {
    id: 'augment',
    detect: ['AUGMENT_AGENT'],
    session: [],
    model: [],
    program: /(^|\/)auggie$/,
    waitMs: OTHERS_WAIT_MS,
  },
  {
    id: 'pi',
    detect: ['PI_CODING_AGENT'],
    session: [],
    model: [],
    program: /(^|\/)pi$/,
    waitMs: OTHERS_WAIT_MS,
  },
  {
    id: 'goose',
    detect: ['GOOSE_PROVIDER'],
    session: [],
    model: [],
    program: /(^|\/)goose$/,
    waitMs: OTHERS_WAIT_MS,
    needsProcess: true,
  },
  { id: 'aider', detect: [], session: [], model: [], program: /(^|\/)aider$/, waitMs: OTHERS_WAIT_MS },
];

/** Something says that it is an agent, and not which. */
const UNKNOWN: Harness = {
  id: 'agent',
  detect: ['AI_AGENT', 'AGENT'],
  session: [],
  model: [],
  program: undefined,
  waitMs: OTHERS_WAIT_MS,
};

/** A process as far as recognising its program goes. */
export interface ProgramProcess {
  /** The program's path or name; of an interpreter, the script's. */
  readonly program: string;
}

/**
 * The harness that a command runs in.
 *
 * `LALIA_HARNESS` says it outright. Else the variables say it; agents start other agents, so where the variables of
 * several are set, the one whose process is nearest counts. Where no variable says anything, the processes do.
 * @param ancestors gives the processes above, nearest first; asked only where the variables do not tell.
 * @returns undefined in a plain terminal.
 */
export function detectHarness(
  env: Environment,
  ancestors: () => readonly ProgramProcess[],
): Harness | undefined {
  if (env['LALIA_HARNESS']) return namedHarness(env['LALIA_HARNESS']);
  const marked = HARNESSES.filter(({ detect, needsProcess }) => !needsProcess && isAnySet(env, detect));
  if (marked.length === 1) return marked[0];
  const candidates = marked.length === 0 ? HARNESSES : marked;
  for (const { program } of ancestors()) {
    const nearest = candidates.find((harness) => harness.program?.test(program));
    if (nearest !== undefined) return nearest;
  }
  return marked[0] ?? (isAnySet(env, UNKNOWN.detect) ? UNKNOWN : undefined);
}

/** The first of some variables that is set and not empty. */
export function firstSet(env: Environment, names: readonly string[]): string | null {
  for (const name of names) {
    if (env[name]) return env[name];
  }
  return null;
}

function namedHarness(id: string): Harness {
  return HARNESSES.find((harness) => harness.id === id) ?? { ...UNKNOWN, id };
}

function isAnySet(env: Environment, names: readonly string[]): boolean {
  return firstSet(env, names) !== null;
}
