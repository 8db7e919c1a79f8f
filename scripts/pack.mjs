// Makes archives that install by themselves, before any package is on the registry: `npm install ./lalia-cli-0.1.0.tgz` brings `lalia`,
// `npm install ./lalia-client-0.1.0.tgz` the SDK. Our own packages are inside (npm's bundleDependencies); theirs come from the registry.
//
//   npm run pack                 into ./archives
//   npm run pack -- FOLDER       into FOLDER

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environment, root } from './toolbox.mjs';

// pnpm is on the PATH of our own scripts, and of nobody who starts this file by hand.
const env = environment(process.execPath);
const scope = '@lalia/';
const wholes = ['@lalia/cli', '@lalia/client'];
const folder = mkdtempSync(join(tmpdir(), 'lalia-pack-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const destination = resolve(process.argv[2] ?? join(root, 'archives'));
mkdirSync(destination, { recursive: true });
const packages = unpacked();
for (const name of wholes) process.stdout.write(`${join(destination, whole(name))}\n`);

/** Every package as it is published, by its name. */
function unpacked() {
  const filters = ['--recursive', '--filter=./packages/*', '--filter=./apps/*'];
  run('pnpm', [...filters, 'pack', '--pack-destination', folder], root);
  return new Map(
    readdirSync(folder).map((archive) => {
      const place = mkdtempSync(join(folder, 'package-'));
      run('tar', ['-xzf', join(folder, archive), '-C', place, '--strip-components=1'], root);
      return [manifest(place).name, place];
    }),
  );
}

/** Puts what it needs of our own into a package, and packs it again. @returns the archive's file name. */
function whole(name) {
  const place = packages.get(name);
  const own = ownDependencies(name);
  for (const dependency of own)
    cpSync(packages.get(dependency), join(place, 'node_modules', dependency), { recursive: true });
  // npm takes what is bundled to be complete, so what our packages need themselves is asked for from here.
  const dependencies = Object.assign(
    {},
    ...[...own, name].map((dependency) => manifest(packages.get(dependency)).dependencies),
  );
  const said = { ...manifest(place), dependencies, bundleDependencies: own };
  writeFileSync(join(place, 'package.json'), `${JSON.stringify(said, null, 2)}\n`);
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', destination], place));
  return filename.replace('@', '').replace('/', '-');
}

function ownDependencies(name) {
  const direct = Object.keys(manifest(packages.get(name)).dependencies ?? {}).filter((other) =>
    other.startsWith(scope),
  );
  return [...new Set([...direct, ...direct.flatMap(ownDependencies)])];
}

function manifest(place) {
  return JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
}

function run(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
