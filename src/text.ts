/** Text that came from outside, on its way to a screen, a page or a file of code. */

/**
 * What nobody sees as it is: control characters, line and paragraph separators, marks that turn the direction of writing
 * (code then reads other than it runs), half characters, and the two that XML does not have.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\uFFFE\uFFFF]/gu;

/**
 * One line that shows all there is: `\n` for a line feed, `\u001b` for an escape, as in JSON. So it neither ends a
 * comment nor steers a terminal, and in a JSON text it means the same as before.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/** The same for text of several lines, which may hold tabs. */
export function printableLines(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => (/[\n\t]/.test(character) ? character : escaped(character)));
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
}

/** The beginning of what is too long to be quoted whole. */
export function shortened(text: string, length = 100): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
