import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { ownMember } from '../json/json.ts';
import { say } from '../say.ts';
import { addNotes, type Start } from './command.ts';

const help = `
Examples:
  bash:
  $ oauth-code completion bash > ~/.local/share/bash-completion/completions/oauth-code
  zsh:
  $ oauth-code completion zsh > "\${fpath[1]}/_oauth-code"
  fish:
  $ oauth-code completion fish > ~/.config/fish/completions/oauth-code.fish
  PowerShell:
  $ oauth-code completion powershell >> $PROFILE`;

// Each script hands over the words and shows what comes back, one candidate a line; nothing is evaluated.
const scripts: Readonly<Record<string, string>> = {
  bash: `_oauth_code() {
  local IFS=$'\\n'
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(oauth-code __complete -- "\${words[@]}" 2>/dev/null | cut -f1))
  case "\${COMPREPLY[*]}" in '' | last)
    compopt -o default 2>/dev/null
    COMPREPLY+=($(compgen -f -- "\${words[COMP_CWORD-1]}"))
  esac
  return 0
}
complete -F _oauth_code oauth-code
`,
  zsh: `#compdef oauth-code
_oauth_code() {
  local -a candidates
  local line
  while IFS=$'\\t' read -r word description; do
    candidates+=("\${word//:/\\\\:}:\${description}")
  done < <(oauth-code __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#candidates} )) && _describe 'oauth-code' candidates
  case "$candidates" in '' | last:*) _files ;; esac
}
if [ "$funcstack[1]" = "_oauth_code" ]; then _oauth_code; else compdef _oauth_code oauth-code; fi
`,
  fish: `function __oauth_code_complete
  set -l words (commandline -opc) (commandline -ct)
  oauth-code __complete -- $words[2..-1] 2>/dev/null
end
complete -c oauth-code -n 'count (__oauth_code_complete) >/dev/null' -f -a '(__oauth_code_complete)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName oauth-code -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
  if ($wordToComplete -eq '') { $words += '' }
  oauth-code __complete -- @words 2>$null | ForEach-Object {
    $word, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
  }
}
`,
};

/** The shells that a script is there for. */
export const shells: readonly string[] = Object.keys(scripts);

/** Gives `completion` its argument and action. */
export function define(command: Command, { context }: Start): void {
  addNotes(command, help)
    .description('Print a completion script; profile names are completed too, without network.')
    .argument('<shell>', 'bash, zsh, fish or powershell')
    .action((shell: string) => {
      const script = ownMember(scripts, shell);
      if (script === undefined) {
        throw new UsageError(say`Unknown shell "${shell}".`, {
          hint: say`Use one of: ${shells.join(', ')}.`,
        });
      }
      context.terminal.stdout.write(script);
    });
}
