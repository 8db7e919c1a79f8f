/** Real harnesses from npm, each version in a folder of its own that stays: they have hundreds of megabytes. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '@lalia/testkit';

const CACHE = process.env['LALIA_HARNESS_CACHE'] ?? join(import.meta.dirname, '../.cache/harnesses');

export interface Package {
  readonly name: string;
  readonly version: string;
}

/** Installs a package unless it is there. @returns the folder with its programs. */
export async function install({ name, version }: Package): Promise<string> {
  const folder = join(CACHE, `${name.replaceAll('/', '+')}@${version}`);
  if (existsSync(folder)) return join(folder, 'node_modules/.bin');
  const unfinished = `${folder}.${String(process.pid)}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'package.json'), '{"private":true}');
  const npm = join(dirname(process.execPath), 'npm');
  const words = ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`];
  const { code, stderr } = await run([existsSync(npm) ? npm : 'npm', ...words], { cwd: unfinished });
  if (code !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new Error(`npm ${words.join(' ')} ended with ${String(code)}: ${stderr}`);
  }
  renameSync(unfinished, folder);
  return join(folder, 'node_modules/.bin');
}
