import { readFileSync } from 'node:fs';
import { type Drawings, drawingsOf } from './strokes.js';

let read: ReadonlyMap<string, Drawings> | undefined;

/** The embedded drawings of 0-9, A-Z and a-z; the file is read once. */
export function embeddedDrawings(): ReadonlyMap<string, Drawings> {
  read ??= drawingsOf(
    JSON.parse(readFileSync(new URL('../../../assets/glyphs/strokes.json', import.meta.url), 'utf8')),
  );
  return read;
}
