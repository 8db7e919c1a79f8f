// What a machine can mend: formatting, the order of imports, the lint rules that know their own fix.

import { spawnSync } from 'node:child_process';

for (const command of [
  ['biome', 'check', '--write', '.'],
  ['eslint', '--fix', '.'],
]) {
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
