import type { Io } from './terminal.js';
export async function testCommand(_argv: readonly string[], _io: Io): Promise<number> {
  return 0;
}
