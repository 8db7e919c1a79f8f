import type { Role } from '@lalia/client';
import { fail } from '@lalia/client';
import { type Command, command } from '../command.ts';
import { rolePrompt } from '../prompts/role-prompt.ts';
import { ROLES } from '../roles.ts';

export const prompt = printsRole({
  name: 'prompt',
  summary: 'Print the prompt of a role, for a configuration or a file.',
  example: {
    does: 'For a harness that lalia run does not know',
    line: 'lalia prompt peer > role.md',
  },
});

/** The same text under the name that is said to an agent in an open session: run `lalia init worker`. */
export const init = printsRole({
  name: 'init',
  summary: 'Print the prompt of a role to the agent that runs this: its work in this session.',
  example: { does: 'Say this to an agent that is running', line: 'lalia init worker' },
});

/** @throws LaliaError `invalid_params` for what is no role. */
export function roleOf(word: string): Role {
  const role = ROLES.find((each) => each === word);
  if (role !== undefined) return role;
  throw fail('invalid_params', `There is no role "${word.slice(0, 40)}".`, {
    hint: `The roles are ${ROLES.join(', ')}.`,
  });
}

interface Printing {
  readonly name: string;
  readonly summary: string;
  readonly example: { readonly does: string; readonly line: string };
}

function printsRole({ name, summary, example }: Printing): Command {
  return command({
    name,
    group: 'Harnesses',
    summary,
    args: { role: { summary: `One of ${ROLES.join(', ')}.`, suggests: ROLES } },
    flags: {},
    examples: [example],
    run: ({ args }) => {
      const role = roleOf(args.role);
      return Promise.resolve({ role, prompt: rolePrompt(role) });
    },
    render: (result) => result.prompt,
  });
}
