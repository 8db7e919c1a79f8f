/** The prompts are read by a model at the start of every session: each word costs, and a missing one costs more. */
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { ALL_COMMANDS } from '../src/commands/index.ts';
import { protocolReference } from '../src/prompts/protocol-reference.ts';
import { rolePrompt } from '../src/prompts/role-prompt.ts';

/** Half of what the program before this one took for the same. */
const TEXTS = [
  { name: 'peer', text: rolePrompt('peer'), atMost: 380 },
  { name: 'worker', text: rolePrompt('worker'), atMost: 508 },
  { name: 'supervisor', text: rolePrompt('supervisor'), atMost: 690 },
  { name: 'protocol', text: protocolReference(ALL_COMMANDS), atMost: 1922 },
];

describe.each(TEXTS)('the text $name', ({ name, text, atMost }) => {
  test(`takes at most ${String(atMost)} tokens of o200k_base`, () => {
    const tokens = encode(text).length;
    process.stdout.write(`${name}: ${String(tokens)} of ${String(atMost)} tokens\n`);
    expect(tokens).toBeLessThanOrEqual(atMost);
  });
});
