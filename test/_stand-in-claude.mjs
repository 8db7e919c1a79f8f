#!/usr/bin/env node
/**
 * A stand-in for Claude Code as far as a probe goes: it asks the model at ANTHROPIC_BASE_URL, runs the hooks of its settings and the commands of its model, takes
 * prompts from its terminal, and turns from its inbox.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const args = process.argv.slice(2);
if (args.includes('--version')) {
  process.stdout.write('2.1.330 (Claude Code)\n');
  process.exit(0);
}

const settings = join(process.env.HOME, '.claude/settings.json');
const hooks = existsSync(settings) ? (JSON.parse(readFileSync(settings, 'utf8')).hooks ?? {}) : {};
const inbox = join(process.env.LALIA_HOME, 'inbox');
const env = {
  ...process.env,
  CLAUDECODE: '1',
  CLAUDE_CODE_SESSION_ID: 'stand-in',
  CLAUDE_CODE_MESSAGING_SOCKET: inbox,
};
const role = readFileSync(args[args.indexOf('--append-system-prompt-file') + 1], 'utf8');
const messages = [];

/** Runs the hooks of an event, but for those that wait beside the session. @returns what they give to the model. */
function hook(event) {
  const own = (hooks[event] ?? []).flatMap((group) => group.hooks).filter(({ asyncRewake }) => !asyncRewake);
  const input = JSON.stringify({
    session_id: 'stand-in',
    hook_event_name: event,
    permission_mode: 'default',
  });
  return own.flatMap(({ command }) => {
    const output = execFileSync('/bin/sh', ['-c', command], { env, input, encoding: 'utf8' });
    return output === '' ? [] : [JSON.parse(output).hookSpecificOutput.additionalContext];
  });
}

function say(...texts) {
  messages.push({ role: 'user', content: texts.map((text) => ({ type: 'text', text })) });
}

async function ask() {
  const body = { model: 'x', system: role, tools: [{ name: 'Bash' }], messages };
  const url = `${process.env.ANTHROPIC_BASE_URL}/v1/messages`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { content } = await answer.json();
  messages.push({ role: 'assistant', content });
  return content[0];
}

/** One turn, to its end. */
async function turn(prompt, before = []) {
  say(prompt, ...before, ...hook('UserPromptSubmit'));
  while (true) {
    const block = await ask();
    if (block.type === 'tool_use') {
      const { stdout, stderr } = spawnSync('/bin/sh', ['-c', block.input.command], { env, encoding: 'utf8' });
      say(stdout + stderr, ...hook('PostToolBatch'));
    } else {
      const more = hook('Stop');
      if (more.length === 0) return;
      say(...more);
    }
  }
}

let turns = turn(args.at(-1), hook('SessionStart'));
const next = (prompt) => {
  turns = turns.then(() => turn(prompt));
};
createServer((socket) => {
  createInterface({ input: socket }).on('line', (line) => next(JSON.parse(line).message.content));
}).listen(inbox);
createInterface({ input: process.stdin }).on('line', next);
