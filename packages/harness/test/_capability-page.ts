/** docs/harnesses.md, made from the adapters: what each harness can and cannot, and how that is known. */
import type { HarnessAdapter } from '../src/adapter.ts';
import { ABILITIES, type Ability, ADAPTERS, type Capability, type Evidence, PLUGINS } from '../src/index.ts';

const QUESTIONS: Readonly<Record<Ability, string>> = {
  role: 'The role when it is launched',
  'hooks-for-launch': 'Hooks that a launch brings along',
  'mail-at-start': 'Mail when a session starts',
  'mail-with-prompt': 'Mail with the person’s next prompt',
  'mail-after-tool': 'Mail after a tool call, while it works',
  'mail-before-stop': 'Mail instead of stopping',
  wake: 'Waking it when it is idle',
  socket: 'Reaching the daemon from its shell tool',
};

const SOURCES: Readonly<Record<Evidence, string>> = {
  seen: 'seen',
  tried: 'tried',
  documented: 'documented',
  heard: 'others say',
};

/** The whole page. */
export function capabilityPage(): string {
  const sections = ABILITIES.map((ability) => `## ${QUESTIONS[ability]}\n\n${abilityTable(ability)}`);
  return `${[INTRODUCTION, versionTable(), ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Harnesses: what each can and cannot

Made from the adapters in \`packages/harness\` by \`packages/harness/test/capability-page.test.ts\`; change it there. How to launch an agent is in the
[guide](guide/harnesses.md).

"Seen" means that \`npm run test:harness\` does it with the named version on Linux: the real program, launched by \`lalia run\`, with Lalia's hooks, without an
account, against a scripted model that keeps every byte that it is shown. "Tried" means that the version did it so, without Lalia. "Documented" is the vendor's
word or its source; "others say" is a third party's. Harnesses are released several times a week, so each fact has how sure it is.`;

function versionTable(): string {
  return table(
    ['harness', 'flag of `lalia run`', 'version', 'looked at', 'run', 'plugin'],
    ADAPTERS.map(({ id, title, flag, checked }) => [
      title,
      `\`--${flag}\``,
      checked.version,
      checked.date,
      checked.run ? 'yes' : 'no',
      PLUGINS.some(({ harness }) => harness === id) ? `\`lalia plugin ${id}\`` : '–',
    ]),
  );
}

function abilityTable(ability: Ability): string {
  return table(
    ['harness', '', 'how', 'source', 'sure'],
    ADAPTERS.map((adapter) => row(adapter, adapter.capabilities[ability])),
  );
}

function row({ title }: HarnessAdapter, { can, how, evidence, sure }: Capability): string[] {
  return [title, can, how, SOURCES[evidence], sure];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
