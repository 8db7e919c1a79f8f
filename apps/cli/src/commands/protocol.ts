import { type Command, command } from '../command.ts';
import { protocolReference } from '../prompts/protocol-reference.ts';

/** @param commands all there are, this one among them. */
export function protocolCommand(commands: () => readonly Command[]): Command {
  return command({
    name: 'protocol',
    group: 'Harnesses',
    summary: 'Print the reference for agents: commands, rules, exit codes.',
    args: {},
    flags: {},
    examples: [],
    run: () => Promise.resolve({ protocol: protocolReference(commands()) }),
    render: (result) => result.protocol,
  });
}
