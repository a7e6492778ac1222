/** Text of JSON from outside. */

/** Brackets inside brackets: more than any file of ours has, fewer than a recursion over them could bear. */
const MOST_NESTED = 100;

/**
 * What a text of JSON holds; a byte order mark before it, which some editors write, is passed over.
 * @throws SyntaxError where it is none, or is nested deeper than anything here needs.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_NESTED) throw new SyntaxError(`it is nested more than ${MOST_NESTED} deep`);
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return value;
}
