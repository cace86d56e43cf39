// The completion scripts. Each asks `certdesk complete` for the candidates, so that all shells have the same, with names
// from the server. Without candidates, the shell completes file names.

const BASH = `# bash completion of certdesk
_certdesk() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <(certdesk complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _certdesk certdesk
`;

const ZSH = `#compdef certdesk
# zsh completion of certdesk
_certdesk() {
  local -a candidates
  candidates=("\${(@f)$(certdesk complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates[1]" ]]; then
    compadd -- "\${candidates[@]}"
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" = _certdesk ]]; then
  _certdesk "$@"
else
  compdef _certdesk certdesk
fi
`;

const FISH = `# fish completion of certdesk
function __certdesk_complete
    set -l words (commandline -opc) (commandline -ct)
    certdesk complete -- $words[2..-1] 2>/dev/null
end
complete -c certdesk -a '(__certdesk_complete)'
`;

export const COMPLETION_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
export type Shell = keyof typeof COMPLETION_SCRIPTS;
export const SHELLS = Object.keys(COMPLETION_SCRIPTS) as readonly Shell[];
