/** What an agent may run unasked, and out of its sandbox: talking, looking, its own tasks. Not `run`, `hooks`, `stop` or `verify`. */
export const HARMLESS: readonly string[] = [
  ...['tell', 'ask', 'reply', 'read', 'read-any', 'peek', 'post', 'channels', 'rooms', 'history', 'receipts'],
  ...['waiting', 'resolve', 'search', 'room', 'join', 'leave', 'participants', 'task', 'register', 'whoami'],
  ...['agents', 'suggest-name', 'renew', 'status', 'protocol', 'prompt', 'help'],
];
