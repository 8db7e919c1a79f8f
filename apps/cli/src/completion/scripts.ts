/** What `lalia completion` prints: each script asks `lalia __complete`, which knows all commands and what there is. */

/** The shells that there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** The script of a shell. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/** For macOS's bash 3.2 as well. It splits words also at `@`, `:` and `=`, and wants only what follows the last of them. */
const BASH = `# lalia completion bash: put  source <(lalia completion bash)  into ~/.bashrc
_lalia() {
  local line kind= typed= breaks before= current=\${COMP_WORDS[COMP_CWORD]}
  local -i number=0
  COMPREPLY=()
  breaks=\${COMP_WORDBREAKS//[^:=@]/}
  while IFS= read -r line; do
    number+=1
    case $number in
      1) kind=$line ;;
      2)
        typed=$line
        if [[ -n $breaks && $typed == *[$breaks]* ]]; then before=\${typed%"\${typed##*[$breaks]}"}; fi
        ;;
      *)
        line=\${line%%$'\\t'*}
        if [[ $line == "$typed"* ]]; then COMPREPLY+=("\${line#"$before"}"); fi
        ;;
    esac
  done < <(command lalia __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $kind in
    file | folder)
      if [[ $current == = ]]; then current=; fi
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
        if [[ $kind == file ]]; then compgen -f -- "$current"; else compgen -d -- "$current"; fi
      )
      ;;
  esac
}
complete -F _lalia lalia
`;

const ZSH = `#compdef lalia
# lalia completion zsh: put  source <(lalia completion zsh)  into ~/.zshrc, after compinit, or this as _lalia into a folder of $fpath
_lalia() {
  local -a answer described
  local line value
  answer=("\${(@f)$(command lalia __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  case $answer[1] in
    file) compset -P '--*='; _files ;;
    folder) compset -P '--*='; _files -/ ;;
    words)
      for line in "\${(@)answer[3,-1]}"; do
        value=\${line%%$'\\t'*}
        value=\${value//:/\\\\:}
        if [[ $line == *$'\\t'?* ]]; then value+=:\${line#*$'\\t'}; fi
        described+=("$value")
      done
      _describe -t lalia lalia described
      ;;
  esac
}
if [[ $funcstack[1] == _lalia ]]; then _lalia "$@"; else compdef _lalia lalia; fi
`;

const FISH = `# lalia completion fish: lalia completion fish > ~/.config/fish/completions/lalia.fish
function __lalia_complete
    set -l done (commandline -opc)
    set -e done[1]
    set -l current (commandline -ct)
    set -l answer (command lalia __complete fish $done "$current" 2>/dev/null)
    switch "$answer[1]"
        case file
            __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current")
        case folder
            __fish_complete_directories (string replace -r '^--[^=]*=' '' -- "$current") ''
        case words
            set -e answer[1..2]
            printf '%s\\n' $answer
    end
end
complete -c lalia -e
complete -c lalia -f -a '(__lalia_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
