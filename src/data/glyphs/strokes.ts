/** x to the right and y down. */
export type Point = readonly [x: number, y: number];

/** A pen's path; a dot is a stroke of no length. */
export type Stroke = readonly Point[];

/** assets/glyphs/strokes.json, which scripts/glyphs builds; a stroke is x0, y0, x1, y1, … in hundredths of an H. */
export interface StrokesAsset {
  /** The handwriting fonts the strokes were traced from; NOTICE.md has their licence. */
  readonly fonts: readonly string[];
  /** For each character one drawing per font. */
  readonly glyphs: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>>;
}

/** Longest straight piece, in hundredths of an H: short enough for straight strokes to bend. */
const PIECE = 12;

/** One character's drawings, one per font; the larger side of each spans 0 … 1. */
export type Drawings = readonly (readonly Stroke[])[];

/** The drawings of 0-9, A-Z and a-z. */
export function drawingsOf({ glyphs }: StrokesAsset): ReadonlyMap<string, Drawings> {
  return new Map(
    Object.entries(glyphs).map(([character, drawings]) => [
      character,
      drawings.map((strokes) => toUnitSquare(strokes.map(subdivide))),
    ]),
  );
}

function subdivide(flat: readonly number[]): Stroke {
  const corners = Array.from({ length: flat.length / 2 }, (_, i): Point => [flat[2 * i]!, flat[2 * i + 1]!]);
  const start = corners[0]!;
  if (corners.length === 1) return [start, start];
  return [
    start,
    ...corners.slice(1).flatMap(([toX, toY], i) => {
      const [fromX, fromY] = corners[i]!;
      const [dx, dy] = [toX - fromX, toY - fromY];
      const pieces = Math.ceil(Math.sqrt(dx * dx + dy * dy) / PIECE);
      return Array.from({ length: pieces }, (_, k): Point => {
        const t = (k + 1) / pieces;
        return [fromX + t * dx, fromY + t * dy];
      });
    }),
  ];
}

function toUnitSquare(strokes: readonly Stroke[]): Stroke[] {
  const { left, top, width, height } = boundingBox(strokes);
  const size = Math.max(width, height);
  return strokes.map((stroke) => stroke.map(([x, y]): Point => [(x - left) / size, (y - top) / size]));
}

/** The smallest upright rectangle around all points. */
export function boundingBox(strokes: readonly Stroke[]): { left: number; top: number; width: number; height: number } {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes)
    for (const [x, y] of stroke) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  return { left, top, width: right - left, height: bottom - top };
}
