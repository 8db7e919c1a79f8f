/** What a probe does in a harness, one thing after the other; each finding is there as soon as it is known. */
import type { HarnessAdapter } from '../adapter.ts';
import { type Answer, says } from './answer.ts';
import type { Findings } from './finding.ts';
import type { Mail } from './mail.ts';
import { PROBER, type Stage } from './stage.ts';

export interface Play {
  readonly stage: Stage;
  readonly mail: Mail;
  readonly findings: Findings;
  readonly adapter: HarnessAdapter;
  /** The role prompt. */
  readonly prompt: string;
}

/** For a harness to start and ask its model, in milliseconds. */
const START_MS = 45_000;
/** For everything that comes after, in milliseconds. */
const STEP_MS = 15_000;

/** Plays it all. @throws the signal's reason when the probe is over before. */
export async function play(given: Play): Promise<void> {
  const { stage, mail } = given;
  const { model } = stage;
  await mail.send('mail-at-start');
  const { ran: hooked, ending } = direct(stage, mail);
  stage.start();
  await model.asked(1, stage.within(START_MS));
  checkRole(given);
  const ran = await hooked;
  await model.asked(2, stage.within(STEP_MS));
  await ending;
  if (ran) await inTurn(given);
  await fromOutside(given, ran);
}

interface Directed {
  /** Whether a hook has run by the first request. */
  readonly ran: Promise<boolean>;
  /** The model has been asked a second time, and mail is there before it is answered. */
  readonly ending: Promise<void>;
}

/** The first two answers of the model: a command, and the end of the turn; mail comes before each of them. */
function direct(stage: Stage, mail: Mail): Directed {
  const { model } = stage;
  const ran = Promise.withResolvers<boolean>();
  const ending = Promise.withResolvers<void>();
  model.will(
    async () => {
      const turn = stage.turn().then((found) => found !== null);
      turn.then(ran.resolve, ran.reject);
      if (await turn) await mail.send('mail-after-tool');
      return model.runs('pwd');
    },
    async () => {
      const sent = ran.promise.then(async (isHooked) => {
        if (isHooked) await mail.send('mail-before-stop');
      });
      sent.then(ending.resolve, ending.reject);
      await sent;
      return says('Done.');
    },
  );
  return { ran: ran.promise, ending: ending.promise };
}

function checkRole({ stage: { model }, findings, adapter: { capabilities }, prompt }: Play): void {
  const times = model.times(prompt.trim(), 0);
  if (times === 1) findings.ok('role', `The role prompt reached the model, by ${capabilities.role.how}.`);
  else if (times === 0) findings.fail('role', 'The role prompt did not reach the model.');
  else findings.fail('role', `The role prompt reached the model ${String(times)} times.`);
}

async function inTurn({ stage, mail }: Play): Promise<void> {
  mail.look('mail-at-start', 0);
  mail.look('mail-after-tool', 1);
  await mail.arrives('mail-before-stop', 2, STEP_MS);
  await idle(stage);
  await mail.send('mail-with-prompt');
  const asked = stage.model.heard.length;
  await stage.enters(PROMPT, STEP_MS);
  await mail.arrives('mail-with-prompt', asked, STEP_MS);
}

/** One word, for terminals are drawn on with moves in the place of spaces. */
const PROMPT = 'Continue.';

/** The harness has said that its turn is over. One that does not say so is not waited for. */
async function idle(stage: Stage): Promise<void> {
  await stage.until(async () => {
    const turn = await stage.turn();
    return turn?.state === 'idle' && turn.since_ts > stage.model.askedMs ? true : undefined;
  }, STEP_MS);
}

/** An idle agent is woken, or gets a prompt where it cannot be; by that it writes to its correspondent from its shell tool. */
async function fromOutside(given: Play, ran: boolean): Promise<void> {
  const { stage, mail, adapter } = given;
  const { model } = stage;
  if (ran) await idle(stage);
  const asked = model.heard.length;
  const tell = (): Answer => model.runs(`lalia tell ${PROBER} "${TOLD}"`);
  model.once(REPORT, tell);
  // The request after the command has it.
  model.once(TOLD, () => model.runs(STATUS));
  let isWoken = false;
  if (ran && adapter.capabilities.wake.can !== 'no') {
    model.once(await mail.send('wake'), tell);
    isWoken = await mail.arrives('wake', asked, STEP_MS);
  }
  if (!isWoken) await stage.enters(REPORT, STEP_MS);
  await fromShell(given);
}

const REPORT = 'Report.';
const TOLD = 'Said from the shell tool.';
const STATUS = 'lalia status --json';

async function fromShell({ stage, findings, adapter }: Play): Promise<void> {
  const { model } = stage;
  const { flag, title, hooks } = adapter;
  const outcome = await stage.until(async () => {
    if ((await stage.answers()) > 0) return 'arrived';
    if (model.shown(TOLD) !== undefined) return 'refused';
    return (await stage.turn())?.state === 'asking' ? 'asking' : undefined;
  }, STEP_MS);
  if (outcome === 'asking' || outcome === undefined) {
    const allow = hooks?.setup.allow === undefined ? null : `lalia hooks install ${flag} --allow`;
    const what = outcome === 'asking' ? 'asks its person' : 'seems to ask its person';
    findings.warn('tell', `${title} ${what} before it runs \`lalia tell\`.`, allow);
    return;
  }
  // A command that is under way would be left over.
  await stage.inTime(model.sees(STATUS, 0, stage.within(STEP_MS)));
  // It was under way when it was looked for.
  if (outcome === 'arrived' || (await stage.answers()) > 0) {
    const via = model.found(/"via":\s*"(socket|spool)"/);
    findings.ok(
      'tell',
      `\`lalia tell\` from its shell tool got through${via === undefined ? '' : `, by the ${via}`}.`,
    );
  } else {
    const said = printed(model.news(model.shown(TOLD) ?? 0));
    findings.fail('tell', `\`lalia tell\` from its shell tool did not get through: ${said}`);
  }
}

/** What a command printed, in a line. */
function printed(news: readonly string[]): string {
  const text = news.toSorted((a, b) => b.length - a.length)[0] ?? '';
  return text.replace(/\s+/g, ' ').trim().slice(0, SHOWN);
}

/** Of what a command printed, in characters. */
const SHOWN = 200;
