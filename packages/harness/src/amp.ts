/** Amp. Facts: the project's harness notes, section 8; its help and documentation were read, it was not run. */
import { join } from 'node:path';
import type { HarnessAdapter } from './adapter.ts';
import { ampHooks } from './hooks/amp.ts';

export const amp: HarnessAdapter = {
  id: 'amp',
  title: 'Amp',
  flag: 'amp',
  checked: { version: '0.0.1790142911', date: '2026-11-22', run: false },
  capabilities: {
    role: {
      can: 'yes',
      how: 'a section of `AGENTS.md`: no flag takes a text',
      evidence: 'documented',
      sure: 'high',
    },
    'hooks-for-launch': {
      can: 'no',
      how: 'it runs the plugins of its folders',
      evidence: 'documented',
      sure: 'medium',
    },
    'mail-at-start': {
      can: 'no',
      how: 'its plugin hears of no start that it could add to',
      evidence: 'documented',
      sure: 'medium',
    },
    'mail-with-prompt': {
      can: 'yes',
      how: 'plugin, `agent.start`; never run',
      evidence: 'documented',
      sure: 'medium',
    },
    'mail-after-tool': {
      can: 'no',
      how: 'not built: `tool.result` of its plugin',
      evidence: 'documented',
      sure: 'medium',
    },
    'mail-before-stop': {
      can: 'yes',
      how: 'plugin, `agent.end`; never run',
      evidence: 'documented',
      sure: 'medium',
    },
    wake: {
      can: 'no',
      how: 'not built: `appendUserMessage` of its plugin',
      evidence: 'documented',
      sure: 'medium',
    },
    socket: { can: 'yes', how: 'no sandbox', evidence: 'documented', sure: 'high' },
  },
  markers: ['AGENT_THREAD_ID', 'AMP_CURRENT_THREAD_ID'],
  hooks: ampHooks,
  launch: {
    programs: ['amp'],
    install: 'https://ampcode.com',
    plan: ({ prompt, args, cwd }) => ({
      args,
      files: [{ path: join(cwd, 'AGENTS.md'), text: prompt, kind: 'section' }],
    }),
  },
};
