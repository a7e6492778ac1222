import { printable } from '../text.js';

/** A word as a shell reads it: what cannot be seen is written as it is in bash and zsh, $'\u001b'. */
export function quote(word: string): string {
  if (/^[\w./=,+:@-]+$/.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${printable(word.replaceAll(/[\\']/g, '\\$&'))}'`;
}

/** A path as a shell and a command read it: it must not look like a flag. */
export function quotePath(path: string): string {
  return quote(path.startsWith('-') ? `./${path}` : path);
}
