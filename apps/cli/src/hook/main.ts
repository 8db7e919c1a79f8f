/**
 * `lalia hook <harness> <event>`: what harnesses run beside every step of a model. It is quick, says nothing where there is nothing,
 * and never fails: whatever goes wrong, the harness goes on, and the mail stays unread.
 *
 * A message counts as read when its text has left this process: killed before that, it is unread again.
 */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type HookSession, openHookSession, type TurnMail, type TurnPoint } from '@lalia/client';
import { HOOKS, type HookEvent, type HookInput, type Hooks } from '@lalia/harness/hooks';
import { limits, pathsOf, type WakeRoute } from '@lalia/protocol';
import { environment } from '../environment.ts';
import { OutputLost, print } from '../output.ts';
import { jsonText } from '../render/json.ts';
import { firstText, isSubagent, readInput } from './input.ts';
import { FRAME, LEAD, mailText, SURROUNDINGS_BYTES } from './mail-text.ts';
import { Memory, type Remembered } from './memory.ts';
import { noteProblem } from './problems.ts';

/** Harnesses wait for their hooks, ten seconds and more; the shortest 1.5 seconds, and that at the end only. */
const DEADLINE_MS = 3000;
const END_DEADLINE_MS = 1000;

/** Runs a hook and ends the process, with 0 whatever happened. @param argv the words after `lalia hook`. */
export async function main([harness = '', event = '']: readonly string[]): Promise<never> {
  const hooks = HOOKS.get(harness);
  const kind = hooks !== undefined && Object.hasOwn(hooks.events, event) ? hooks.events[event] : undefined;
  setTimeout(
    () => {
      process.exit(0);
    },
    kind?.at === 'end' ? END_DEADLINE_MS : DEADLINE_MS,
  );
  try {
    if (hooks === undefined || kind === undefined) throw new Error('lalia has no such hook');
    await runHook({ harness, hooks, kind, event });
  } catch (error) {
    const { home } = pathsOf({ env: environment(), homedir: homedir(), uid: process.getuid?.() ?? 0 });
    const problem = error instanceof Error ? error.message : String(error);
    noteProblem(home, { harness, event, problem });
  }
  process.exit(0);
}

interface Hook {
  readonly harness: string;
  readonly event: string;
  readonly hooks: Hooks;
  readonly kind: HookEvent;
}

async function runHook({ harness, hooks, kind, event }: Hook): Promise<void> {
  const input = await readInput();
  if (input === undefined || isSubagent(input)) return;
  const at = typeof kind.at === 'function' ? kind.at(input) : kind.at;
  if (at === undefined && hooks.hiddenSubagents?.begins !== event) return;
  const session = firstText(input, hooks.sessionKeys);
  const cwd = firstText(input, ['cwd']) ?? '/';
  const found = await openHookSession({ harness, session, cwd });
  if (found === undefined) return;
  const memory = new Memory(found.home, `${harness} ${session ?? found.agent.agent_id}`);
  const isInside = noteSubagents({ hooks, event, input, at }, memory);
  if (at === undefined) return;
  await takeTurn({ hooks, kind: isInside ? { at } : kind, input, at, found, memory });
}

/** Moments that a subagent has none of. */
const ONLY_MAIN: ReadonlySet<TurnPoint> = new Set(['start', 'prompt', 'stop', 'end']);

/** @returns whether this is the hook of a subagent that does not say so. */
function noteSubagents(
  {
    hooks,
    event,
    input,
    at,
  }: Pick<Hook, 'hooks' | 'event'> & Pick<Turn, 'input'> & { at: TurnPoint | undefined },
  memory: Memory,
): boolean {
  const hidden = hooks.hiddenSubagents;
  if (hidden === undefined) return false;
  if (at !== undefined && ONLY_MAIN.has(at)) memory.noSubagents();
  if (input['tool_name'] !== hidden.tool) return at === 'tool' && memory.hasSubagents();
  const call = JSON.stringify(input['tool_input'] ?? null);
  if (event === hidden.begins) memory.subagentBegins(call);
  if (event === hidden.ends) memory.subagentEnds(call);
  return false;
}

interface Turn {
  readonly hooks: Hooks;
  readonly kind: HookEvent;
  readonly input: HookInput;
  readonly at: TurnPoint;
  readonly found: HookSession;
  readonly memory: Memory;
}

async function takeTurn(turn: Turn): Promise<void> {
  const { hooks, kind, at, found, memory } = turn;
  // Between two steps there is nothing to report, and a signed request costs more than all the rest.
  if (at === 'tool' && found.agent.unread === 0 && isKnown(found.agent)) return;
  const known = remembered(turn);
  const give = at === 'stop' && known.keeps >= hooks.maxKeeps ? undefined : kind.give;
  const mail = await found.turn({
    at,
    maxBytes: give === undefined ? 0 : hooks.maxBytes - SURROUNDINGS_BYTES,
    frame: FRAME,
    wake: at === 'tool' ? undefined : waysToWake(turn),
  });
  const text = give === undefined ? '' : await fittingText(mail, turn, known);
  if (give !== undefined && text !== '') {
    if (!(await written(jsonText(give(text)), mail))) return;
    await mail.ack();
  }
  const isKept = at === 'stop' && text !== '';
  memory.put({
    keeps: known.keeps + (isKept ? 1 : 0),
    pointed: give === undefined ? known.pointed : mail.more.messages,
  });
}

/** How long an agent works without a word before it is taken for idle, in parts: it is heard of more often than that. */
const HEARD_OF_MS = limits.WORKING_SILENCE_MS / 3;

/** Whether the daemon knows that this agent is at work: nobody is asked any more, and nothing is overdue. */
function isKnown({ turn, last_seen_ts }: HookSession['agent']): boolean {
  return turn?.state === 'working' && Date.now() - last_seen_ts < HEARD_OF_MS;
}

/** What the daemon may run to wake this conversation. */
function waysToWake({ hooks, input }: Turn): WakeRoute[] {
  const env = environment();
  const program = fileURLToPath(new URL('../bin/lalia-wake.js', import.meta.url));
  const ways = hooks.wake?.({ session: firstText(input, hooks.sessionKeys), input, env }) ?? [];
  return ways.map(({ name, words, variables }) => ({
    name,
    program,
    args: [...words],
    env: Object.fromEntries(variables.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]]))),
  }));
}

/** What is known of the conversation; a new one, and a prompt of a person's own, begins anew. */
function remembered({ at, input, memory }: Turn): Remembered {
  if (at === 'start') memory.tidy(Date.now());
  if (at === 'start' || at === 'end') return { keeps: 0, pointed: 0 };
  const known = memory.get();
  // Some harnesses make a prompt of what kept their agent from stopping.
  const isOwnPrompt = at === 'prompt' && firstText(input, ['prompt'])?.startsWith(LEAD) !== true;
  return isOwnPrompt ? { ...known, keeps: 0 } : known;
}

/** Once told that something is left, the agent is not told again until there is more of it. */
async function fittingText(mail: TurnMail, { found, hooks }: Turn, known: Remembered): Promise<string> {
  const { agent } = found;
  const nowMs = Date.now();
  const pointing = mail.messages.length > 0 || mail.more.messages > known.pointed;
  const text = mailText(mail, { agent, nowMs, pointing });
  if (Buffer.byteLength(text) <= hooks.maxBytes) return text;
  // Names longer than was reckoned with: what does not fit is not handed over.
  await mail.release();
  const messages = mail.more.messages + mail.messages.length;
  const nothing = { ...mail, messages: [], dropped: [], owed: [], more: { ...mail.more, messages } };
  return mailText(nothing, { agent, nowMs, pointing: true });
}

/** @returns false where the harness does not take it; then all of it is unread again. */
async function written(text: string, mail: TurnMail): Promise<boolean> {
  try {
    await print(text);
    return true;
  } catch (error) {
    if (!(error instanceof OutputLost)) throw error;
    await mail.release();
    return false;
  }
}
