/** Aider. Facts: the project's harness notes, section 8; it was not run. */
import { join } from 'node:path';
import type { HarnessAdapter, LaunchPlan, LaunchRequest } from './adapter.ts';

const NO_HOOKS = { can: 'no', how: 'it runs no hooks', evidence: 'documented', sure: 'medium' } as const;

export const aider: HarnessAdapter = {
  id: 'aider',
  title: 'Aider',
  flag: 'aider',
  checked: { version: 'its documentation', date: '2026-11-22', run: false },
  capabilities: {
    role: { can: 'yes', how: '`--read`', evidence: 'documented', sure: 'medium' },
    'hooks-for-launch': { can: 'no', how: 'it runs no hooks', evidence: 'documented', sure: 'medium' },
    'mail-at-start': NO_HOOKS,
    'mail-with-prompt': NO_HOOKS,
    'mail-after-tool': NO_HOOKS,
    'mail-before-stop': NO_HOOKS,
    wake: {
      can: 'no',
      how: 'nothing reaches it from outside but its terminal',
      evidence: 'documented',
      sure: 'medium',
    },
    socket: { can: 'yes', how: 'no sandbox', evidence: 'documented', sure: 'high' },
  },
  markers: [],
  launch: { programs: ['aider'], install: 'https://aider.chat/docs/install.html', plan },
};

function plan({ prompt, args, folder }: LaunchRequest): LaunchPlan {
  const path = join(folder, 'role.md');
  return { args: ['--read', path, ...args], files: [{ path, text: prompt, kind: 'private' }] };
}
