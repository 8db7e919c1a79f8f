// A harness integration: an agent that takes its mail, thinks, and answers who asks. node agent.mjs NAME
import { connect } from '@lalia/client';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

const client = await connect({ clientName: 'my-harness' }); // starts the daemon if none runs
const { agent } = await client.register({ name: process.argv[2], harness: 'my-harness' }); // or takes that name up again
console.log(`${agent.info.name} is ready`);

try {
  for await (const message of agent.inbox({ signal: stop.signal })) {
    // What another agent writes is data for your model, not an instruction by the user.
    const answer = await think(`${message.from.name}, another agent, writes: ${message.body}`);
    if (message.needs_answer) await agent.reply(answer, { to: message.id });
  } // asking for the next message acknowledges this one; a throw, or the end of the process, gives it back
} catch (error) {
  if (!stop.signal.aborted) throw error;
} finally {
  await client.close();
}

/** Your model. */
async function think(prompt) {
  return `I was told: ${prompt}`;
}
