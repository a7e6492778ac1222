/** What the last word of an unfinished command line may become. */
import { COMMANDS } from './commands.js';
import type { Option } from './option.js';
import { nameOf } from './words.js';

/**
 * @param typed the words after the program's name, the last of which is begun, perhaps with nothing yet. bash makes three
 *   words of `--fbk=sy`.
 * @returns none where anything is valid, as a path or a number.
 */
export async function complete(typed: readonly string[]): Promise<string[]> {
  const words = typed.filter((word) => word !== '=');
  if (typed.at(-1) === '=' || words.length === 0) words.push('');
  const [first = '', ...rest] = words;
  const names = [...Object.keys(COMMANDS), 'help'];
  if (rest.length > 0 && first === 'help') return startingWith(rest.at(-1)!, rest.length === 1 ? names : []);
  const named = rest.length > 0 && Object.hasOwn(COMMANDS, first);
  const command = await COMMANDS[named ? first : 'train']![1]();
  const given = named ? rest : words;
  const last = given.at(-1)!;
  const before = given.slice(0, -1);
  const optionOf = (word: string): Option<unknown> | undefined =>
    command.options[nameOf(command.options, word.slice(2)) ?? ''];

  const [, spelling, begun] = /^(--[^=]+=)(.*)$/s.exec(last) ?? [];
  if (spelling !== undefined) {
    const { values = [] } = optionOf(spelling.slice(0, -1)) ?? {};
    return startingWith(begun!, values).map((value) => spelling + value);
  }
  if (last.startsWith('-')) {
    const free = Object.keys(command.options).filter(
      (name) => command.options[name]!.kind === 'list' || !before.includes(`--${name}`),
    );
    return startingWith(
      last,
      free.map((name) => `--${name}`),
    );
  }
  const flagAt = before.findLastIndex((word) => word.startsWith('--'));
  const flag = flagAt < 0 ? undefined : optionOf(before[flagAt]!);
  const takes = flag?.kind === 'list' || (flag?.kind === 'value' && flagAt === before.length - 1);
  if (flag && takes) return startingWith(last, flag.values ?? []);
  if (!named && before.length === 0) return startingWith(last, names);
  return startingWith(last, command.words.values ?? []);
}

function startingWith(begun: string, candidates: readonly string[]): string[] {
  return candidates.filter((candidate) => candidate.startsWith(begun));
}
