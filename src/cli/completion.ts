/** `meta-plasticity completion`: a shell's words for completing ours, which ask this command what may come. */
import { oneOf } from './checks.js';
import { command } from './command.js';
import { complete } from './complete.js';
import { completionManual } from './manual.js';
import { UsageError } from './usage-error.js';

/** Where nothing is proposed, both complete the names of files. */
const SCRIPTS = {
  bash: `
# Tab completion for meta-plasticity (bash)
_meta_plasticity() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" completion for -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _meta_plasticity meta-plasticity
`,
  zsh: `
# Tab completion for meta-plasticity (zsh)
autoload -Uz compinit && compinit
_meta_plasticity() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion for -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _meta_plasticity meta-plasticity
`,
} as const;
const SHELLS = ['bash', 'zsh'] as const;

export const completionCommand = command({
  name: 'completion',
  options: {},
  manual: completionManual,
  words: { what: 'bash or zsh', least: 0, most: Number.POSITIVE_INFINITY, values: SHELLS },
  async run({ words: [asked = 'bash', ...typed], json, io }) {
    if (asked === 'for') {
      const candidates = await complete(typed);
      io.stdout.write(candidates.map((candidate) => `${candidate}\n`).join(''));
      return {};
    }
    if (typed.length > 0)
      throw new UsageError(`completion is for one shell at a time, not '${[asked, ...typed].join(' ')}'.`);
    const shell = oneOf(SHELLS)(asked, 'The shell of completion');
    const script = SCRIPTS[shell];
    if (!json) io.stdout.write(script);
    return { result: { shell, script } };
  },
});
