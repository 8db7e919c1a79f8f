/** Cursor CLI. Facts: the project's harness notes, section 6; none of it was run here. */
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';
import { prefixFirstPrompt, type ValueOptions } from './arguments.ts';
import { cursorHooks } from './hooks/cursor.ts';

export const cursor: HarnessAdapter = {
  id: 'cursor',
  title: 'Cursor CLI',
  flag: 'cursor',
  checked: { version: '2026.09.10', date: '2026-11-22', run: false },
  capabilities: {
    role: {
      can: 'partly',
      how: 'the first prompt: it has no flag for more',
      evidence: 'heard',
      sure: 'medium',
    },
    'hooks-for-launch': {
      can: 'no',
      how: 'it runs those of its settings and plugins',
      evidence: 'heard',
      sure: 'medium',
    },
    'mail-at-start': { can: 'yes', how: '`sessionStart` hook', evidence: 'heard', sure: 'medium' },
    'mail-with-prompt': {
      can: 'no',
      how: '`beforeSubmitPrompt` adds no context',
      evidence: 'heard',
      sure: 'medium',
    },
    'mail-after-tool': { can: 'yes', how: '`postToolUse` hook', evidence: 'documented', sure: 'medium' },
    'mail-before-stop': { can: 'yes', how: '`stop` hook, not with `-p`', evidence: 'heard', sure: 'medium' },
    wake: {
      can: 'no',
      how: 'nothing reaches it from outside but its terminal',
      evidence: 'documented',
      sure: 'medium',
    },
    socket: {
      can: 'partly',
      how: 'its sandbox is on where the kernel allows; sockets are not mentioned',
      evidence: 'documented',
      sure: 'low',
    },
  },
  markers: ['CURSOR_AGENT'],
  hooks: cursorHooks,
  launch: {
    programs: ['cursor-agent', 'agent'],
    install: 'https://cursor.com/cli',
    plan,
  },
};

const VALUE_OPTIONS: ValueOptions = new Set(['--resume', '--workspace', '--sandbox', '--model', '-m']);

function plan({ prompt, args }: LaunchRequest): LaunchPlan {
  return { args: prefixFirstPrompt(args, { options: [], valueOptions: VALUE_OPTIONS, text: prompt }) };
}
