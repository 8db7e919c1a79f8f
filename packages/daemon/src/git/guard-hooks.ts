/**
 * The hooks of the guard: one script under the names of all hooks that git knows (githooks(5)).
 *
 * A worktree whose `core.hooksPath` is this folder has no other hooks, so the script hands each on to the one that would have
 * been called without it: of the last `core.hooksPath` that is not this folder, else of the repository's `hooks`. That is
 * looked up at each call, because such settings come and go. It runs where git runs hooks, so relative paths mean the same.
 */

/** All that git calls by name from its folder of hooks; `fsmonitor-watchman` is called by the path in `core.fsmonitor`. */
export const HOOK_NAMES: readonly string[] = [
  'applypatch-msg',
  'commit-msg',
  'p4-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
  'p4-prepare-changelist',
  'post-applypatch',
  'post-checkout',
  'post-commit',
  'post-index-change',
  'post-merge',
  'post-receive',
  'post-rewrite',
  'post-update',
  'pre-applypatch',
  'pre-auto-gc',
  'pre-commit',
  'pre-merge-commit',
  'pre-push',
  'pre-rebase',
  'pre-receive',
  'prepare-commit-msg',
  'proc-receive',
  'push-to-checkout',
  'reference-transaction',
  'sendemail-validate',
  'update',
];

/** Lies in the folder that git keeps for a guarded worktree: how `lalia` is called. Worktrees without it are not guarded. */
export const CHECK = 'lalia-guard';

export const HOOK = `#!/bin/sh
# Made by \`lalia task guard install\`, taken away by \`lalia task guard uninstall\`.
lalia_hook=\${0##*/}
lalia_folder=\${0%/*}

if test "$lalia_hook" = pre-commit; then
  lalia_check=\${GIT_DIR:-$(git rev-parse --git-dir)}
  # What a merge brings in was committed by others before.
  if test -f "$lalia_check/${CHECK}" && ! test -f "$lalia_check/MERGE_HEAD"; then
    sh "$lalia_check/${CHECK}" </dev/null >&2
    lalia_code=$?
    if test "$lalia_code" = 6; then exit 1; fi
    if test "$lalia_code" != 0; then
      echo "lalia: owned paths were not checked (exit code $lalia_code); the commit goes on." >&2
    fi
  fi
fi

lalia_other=\${lalia_folder%/*}/hooks
lalia_ifs=$IFS
set -f
IFS='
'
for lalia_path in $(git config --type=path --get-all core.hooksPath); do
  if test "$lalia_path" != "$lalia_folder"; then lalia_other=$lalia_path; fi
done
IFS=$lalia_ifs
set +f

if test -f "$lalia_other/$lalia_hook" && test -x "$lalia_other/$lalia_hook"; then
  exec "$lalia_other/$lalia_hook" "$@"
fi
# Having this hook at all keeps git from doing what it does without it.
if test "$lalia_hook" = push-to-checkout; then
  git update-index -q --ignore-submodules --refresh &&
    git diff-files --quiet --ignore-submodules -- &&
    git diff-index --quiet --cached --ignore-submodules HEAD -- &&
    git read-tree -u -m "$1"
  exit
fi
exit 0
`;

/** The script that calls `lalia`: the one on the PATH, else as it was called when the guard was installed. */
export function checkScript(command: readonly string[]): string {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return `# How the guard of Lalia asks.
if command -v lalia >/dev/null; then exec lalia task check --staged; fi
exec ${words} task check --staged
`;
}
