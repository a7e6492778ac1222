/** A word as a shell reads it. */
export function quote(word: string): string {
  return /^[\w./=,+:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
