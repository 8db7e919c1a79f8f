// `npm run link [-- --prefix DIR]`: puts a `lalia` on the PATH that runs this checkout.
// The launcher is plain sh, so it works under any Node on the PATH and adds no second Node to the start-up time.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { parseArgs } from 'node:util';
import { launcherPath, launcherText, whatIsAt } from './launcher.mjs';
import { root } from './toolbox.mjs';

const { values } = parseArgs({ options: { prefix: { type: 'string' } } });
const { folder, file } = launcherPath(values.prefix);

if (whatIsAt(file) === 'foreign') {
  process.stderr.write(`${file} is there and was not written by \`npm run link\`; it stays as it is.\n`);
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
writeFileSync(file, launcherText({ node: process.execPath, root }));
chmodSync(file, 0o755);
process.stdout.write(`Linked ${file}\n`);
if (!process.env.PATH.split(delimiter).includes(folder)) {
  process.stdout.write(`${folder} is not on your PATH. Add it:  export PATH="${folder}:$PATH"\n`);
}
