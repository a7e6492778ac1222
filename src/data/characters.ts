/** Characters that classes are called by. */

export const DIGITS = Array.from('0123456789');
export const CAPITALS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
export const SMALL = CAPITALS.map((letter) => letter.toLowerCase());
/** EMNIST Balanced's 47 classes, in its order. */
export const BALANCED: readonly string[] = [...DIGITS, ...CAPITALS, ...Array.from('abdefghnqrt')];
