import type { Bitmap } from './raster.js';

export type Point = readonly [x: number, y: number];

/** Thin ink to centre lines one cell wide (Zhang and Suen 1984, doi:10.1145/357994.358023). */
function thin({ width, height, cells }: Bitmap): Bitmap {
  const thinned = cells.slice();
  // Clockwise from north.
  const around = [-width, 1 - width, 1, width + 1, width, width - 1, -1, -width - 1];
  for (let changed = true; changed; ) {
    changed = false;
    for (const second of [false, true]) {
      const gone: number[] = [];
      for (let i = width + 1; i < width * (height - 1) - 1; i++) {
        if (!thinned[i]) continue;
        const ring = around.map((step) => thinned[i + step]!);
        const neighbours = ring.reduce((sum, cell) => sum + cell, 0);
        if (neighbours < 2 || neighbours > 6) continue;
        if (ring.filter((cell, k) => !cell && ring[(k + 1) % 8]).length !== 1) continue;
        const [north, east, south, west] = [ring[0]!, ring[2]!, ring[4]!, ring[6]!];
        if (second ? north * east * west || north * south * west : north * east * south || east * south * west)
          continue;
        gone.push(i);
      }
      for (const i of gone) thinned[i] = 0;
      changed ||= gone.length > 0;
    }
  }
  return { width, height, cells: thinned };
}

/** Cells next to each one; a diagonal counts only where no cell beside it makes the same connection. */
function graph({ width, cells }: Bitmap): Map<number, number[]> {
  const links = new Map<number, number[]>();
  cells.forEach((cell, i) => {
    if (!cell) return;
    const straight = [-width, 1, width, -1].map((step) => i + step).filter((j) => cells[j]);
    const diagonal = [-1, 1]
      .flatMap((dx) => [-width, width].map((dy) => [dx, dy] as const))
      .filter(([dx, dy]) => cells[i + dx + dy] && !cells[i + dx] && !cells[i + dy])
      .map(([dx, dy]) => i + dx + dy);
    links.set(i, [...straight, ...diagonal]);
  });
  return links;
}

/** Split a graph into chains that end at tips and junctions; what is left are rings, cut anywhere. */
function chains(links: Map<number, number[]>): number[][] {
  const walked = new Set<string>();
  const key = (a: number, b: number) => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const found: number[][] = [];
  const walk = (start: number, next: number) => {
    const chain = [start];
    for (let [from, to] = [start, next]; ; ) {
      walked.add(key(from, to));
      chain.push(to);
      const onwards = links.get(to)!;
      if (onwards.length !== 2 || to === start) break;
      [from, to] = [to, onwards[0] === from ? onwards[1]! : onwards[0]!];
    }
    found.push(chain);
  };
  const starts = [...links.keys()].sort(
    (a, b) => Number(links.get(a)!.length === 2) - Number(links.get(b)!.length === 2),
  );
  for (const start of starts) {
    if (links.get(start)!.length === 0) found.push([start]);
    for (const next of links.get(start)!) if (!walked.has(key(start, next))) walk(start, next);
  }
  return found;
}

/** Erase tips shorter than `shortest` that hang on a junction: thinning leaves them at every corner of the ink. */
function prune(skeleton: Bitmap, shortest: number): Bitmap {
  const cells = skeleton.cells.slice();
  const links = graph(skeleton);
  for (const chain of chains(links)) {
    const [first, last] = [links.get(chain[0]!)!.length, links.get(chain.at(-1)!)!.length];
    if (chain.length > shortest || Math.min(first, last) !== 1 || Math.max(first, last) < 3) continue;
    for (const i of chain) if (links.get(i)!.length < 3) cells[i] = 0;
  }
  return thin({ ...skeleton, cells });
}

function smooth(line: Point[]): Point[] {
  return line.map((point, i) => {
    const reach = Math.min(i, line.length - 1 - i, 3);
    const near = line.slice(i - reach, i + reach + 1);
    return reach === 0
      ? point
      : ([0, 1].map((k) => near.reduce((sum, p) => sum + p[k]!, 0) / near.length) as [number, number]);
  });
}

/** Drop points closer than `tolerance` to the line through those kept (Ramer, Douglas and Peucker). */
function simplify(line: Point[], tolerance: number): Point[] {
  const [[ax, ay], [bx, by]] = [line[0]!, line.at(-1)!];
  const length = Math.hypot(bx - ax, by - ay);
  const away = line.map(([x, y]) =>
    length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length,
  );
  const farthest = away.indexOf(Math.max(...away));
  if (line.length < 3 || away[farthest]! <= tolerance) return length === 0 ? [line[0]!] : [line[0]!, line.at(-1)!];
  return [
    ...simplify(line.slice(0, farthest + 1), tolerance).slice(0, -1),
    ...simplify(line.slice(farthest), tolerance),
  ];
}

/** The pen's path through a filled shape: centre lines as polylines, in cells; a dot is a line of one point. */
export function centreLines(shape: Bitmap, tolerance: number): Point[][] {
  let skeleton = thin(shape);
  const ink = (bitmap: Bitmap) => bitmap.cells.reduce((sum, cell) => sum + cell, 0);
  const stroke = ink(shape) / ink(skeleton);
  for (let round = 0; round < 2; round++) skeleton = prune(skeleton, stroke);
  return chains(graph(skeleton))
    .map((chain) => chain.map((i): Point => [i % shape.width, Math.floor(i / shape.width)]))
    .map((line) => simplify(smooth(line), tolerance));
}
