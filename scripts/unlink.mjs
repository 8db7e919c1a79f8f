// `npm run unlink [-- --prefix DIR]`: removes the launcher, if it is ours.

import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launcherPath, whatIsAt } from './launcher.mjs';

const { values } = parseArgs({ options: { prefix: { type: 'string' } } });
const { file } = launcherPath(values.prefix);
const found = whatIsAt(file);

if (found === 'ours') rmSync(file);
if (found === 'foreign') {
  process.stderr.write(`${file} was not written by \`npm run link\`; it stays as it is.\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(found === 'ours' ? `Removed ${file}\n` : `${file} is not there.\n`);
}
