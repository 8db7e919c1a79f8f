/** The groups of commands as `lalia help` names them in one word. */
import { type CommandFace, GROUPS } from '../command.ts';

type Group = (typeof GROUPS)[number];

/** Where the group's own name is not the word that one would type. */
const TOPICS: Readonly<Partial<Record<Group, string>>> = {
  Talk: 'messages',
  Look: 'messages',
  'Who is who': 'identity',
  'The daemon': 'daemon',
};

/** The topic of a group: `messages`, `rooms`, … */
export function topicOf(group: Group): string {
  return TOPICS[group] ?? group.toLowerCase().replaceAll(' ', '-');
}

/** Every topic once, in the order of the groups. */
export function topics(commands: readonly CommandFace[]): string[] {
  const used = GROUPS.filter((group) => commands.some((command) => command.group === group));
  return [...new Set(used.map(topicOf))];
}

/**
 * The commands of a topic, else those that begin with these words.
 * @returns none for words that are neither.
 */
export function commandsOf<C extends CommandFace>(words: readonly string[], commands: readonly C[]): C[] {
  const topic = words.join(' ').toLowerCase();
  const of = (named: (command: C) => boolean): C[] | undefined => {
    const found = commands.filter(named);
    return found.length === 0 ? undefined : found;
  };
  return (
    of(({ group }) => topicOf(group) === topic || group.toLowerCase() === topic) ??
    of(({ name }) => name.startsWith(`${topic} `)) ??
    of(({ group }) => singular(topicOf(group)) === singular(topic)) ??
    []
  );
}

function singular(word: string): string {
  return word.replace(/e?s$/, '');
}
