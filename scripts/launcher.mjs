// The `lalia` launcher: what it says and where it goes.

import { lstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const mark = '# Written by `npm run link` of Lalia; `npm run unlink` removes it.';

/** @param {string | undefined} prefix the folder for the launcher, from where the user stands; `~/.local/bin` if not given. */
export function launcherPath(prefix) {
  const folder = prefix ? resolve(process.env.INIT_CWD ?? '.', prefix) : join(homedir(), '.local', 'bin');
  return { folder, file: join(folder, 'lalia') };
}

/** What is at the launcher's place: `nothing`, `ours`, or `foreign`, which must stay as it is. */
export function whatIsAt(file) {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return 'nothing';
  return stat.isFile() && readFileSync(file, 'utf8').split('\n').includes(mark) ? 'ours' : 'foreign';
}

/**
 * @param {{ node: string, root: string }} places `node` is the one that ran `npm run link`: it is good, is tried first and costs no
 *   look-up. `root` is the checkout that the launcher starts.
 */
export function launcherText({ node, root }) {
  return `#!/bin/sh
${mark}
node=${quoted(node)}
root=${quoted(root)}
cli="$root/apps/cli/bin/lalia.js"
[ -f "$cli" ] || { echo "lalia: it was linked from $root, which is gone. Run \\"npm run link\\" where Lalia is now." >&2; exit 1; }
[ -x "$node" ] && exec "$node" "$cli" "$@"

# The Node that was here when lalia was linked is gone. Another one will do if it is new enough.
is_good() { "$1" -e 'var v = process.versions.node.split("."); process.exit(v[0] > 22 || (v[0] == 22 && v[1] >= 13) ? 0 : 1)' 2>/dev/null; }
for node in "$root"/.cache/tools/node_modules/node-*/bin/node "$(command -v node)"; do
  [ -x "$node" ] && is_good "$node" && exec "$node" "$cli" "$@"
done
echo "lalia: no Node.js 22.13 or newer found; run \\"npm run link\\" in $root again, which brings one." >&2
exit 1
`;
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
