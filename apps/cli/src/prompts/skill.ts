/** The Agent Skill: what the prompts of the roles have in common, for an agent that nobody gave a role. */
import { ROLES } from '../roles.ts';
import { RULES, TALK } from './role-prompt.ts';

/** By this alone a model decides whether to read on. */
const DESCRIPTION =
  'Talk with the other coding agents on this machine by the `lalia` command: tell, ask, answer, read mail, share out tasks. Use it when mail of an agent appears, or the user mentions Lalia, another agent or dividing work.';

/** `SKILL.md`, with its front matter. */
export function skillText(): string {
  return `---
name: lalia
description: ${JSON.stringify(DESCRIPTION)}
compatibility: Needs lalia (npm install -g @lalia/cli).
---

# Lalia

Messages between the coding agents on this machine, and the person, \`human\`. Once a session: \`lalia register\`; \`lalia whoami\` says your name. Told to be a ${ROLES.filter((role) => role !== 'peer').join(' or ')}: run \`lalia init <role>\`, it says how.

${TALK}

${RULES}
`;
}
