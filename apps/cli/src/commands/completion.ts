import { command } from '../command.ts';
import { completionScript, SHELLS } from '../completion/scripts.ts';

export const completion = command({
  name: 'completion',
  group: 'Shell',
  summary: 'Print the script by which a shell completes commands, flags and names.',
  args: { shell: { summary: `One of ${SHELLS.join(', ')}.`, options: SHELLS } },
  flags: {},
  examples: [
    { does: 'In ~/.bashrc', line: 'source <(lalia completion bash)' },
    { does: 'In ~/.zshrc, after compinit', line: 'source <(lalia completion zsh)' },
    {
      does: 'Once, for fish',
      line: 'lalia completion fish > ~/.config/fish/completions/lalia.fish',
    },
  ],
  run: ({ args }) => Promise.resolve({ shell: args.shell, script: completionScript(args.shell) }),
  render: ({ script }) => script,
});
