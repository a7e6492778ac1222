import type { Path } from 'opentype.js';

/** A black and white picture: `cells[y * width + x]` is 1 where there is ink. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly cells: Uint8Array;
}

type Edge = readonly [x0: number, y0: number, x1: number, y1: number];

/** Straight pieces of every contour; curves in `steps` pieces. */
function edges(path: Path, steps = 12): Edge[] {
  const found: Edge[] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const lineTo = (nextX: number, nextY: number) => {
    found.push([x, y, nextX, nextY]);
    [x, y] = [nextX, nextY];
  };
  for (const command of path.commands) {
    const [fromX, fromY] = [x, y];
    switch (command.type) {
      case 'M':
        lineTo(startX, startY);
        [x, y, startX, startY] = [command.x, command.y, command.x, command.y];
        break;
      case 'L':
        lineTo(command.x, command.y);
        break;
      case 'Q':
        for (let i = 1; i <= steps; i++) {
          const [t, u] = [i / steps, 1 - i / steps];
          lineTo(
            u * u * fromX + 2 * u * t * command.x1 + t * t * command.x,
            u * u * fromY + 2 * u * t * command.y1 + t * t * command.y,
          );
        }
        break;
      case 'C':
        for (let i = 1; i <= steps; i++) {
          const [t, u] = [i / steps, 1 - i / steps];
          const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
          lineTo(
            a * fromX + b * command.x1 + c * command.x2 + d * command.x,
            a * fromY + b * command.y1 + c * command.y2 + d * command.y,
          );
        }
        break;
      case 'Z':
        lineTo(startX, startY);
    }
  }
  lineTo(startX, startY);
  return found;
}

/** Fill an outline (non-zero winding rule), cropped to its bounding box with an empty border of two cells. */
export function rasterise(path: Path): Bitmap {
  const box = path.getBoundingBox();
  const [left, top] = [Math.floor(box.x1) - 2, Math.floor(box.y1) - 2];
  const [width, height] = [Math.ceil(box.x2) + 2 - left, Math.ceil(box.y2) + 2 - top];
  const cells = new Uint8Array(width * height);
  const outline = edges(path);
  for (let row = 0; row < height; row++) {
    const y = top + row + 0.5;
    const crossings = outline
      .filter(([, y0, , y1]) => y0 <= y !== y1 <= y)
      .map(([x0, y0, x1, y1]) => ({ x: x0 + ((y - y0) * (x1 - x0)) / (y1 - y0), turn: y1 > y0 ? 1 : -1 }))
      .sort((a, b) => a.x - b.x);
    let winding = 0;
    crossings.forEach(({ x, turn }, i) => {
      winding += turn;
      if (winding === 0) return;
      const end = Math.round(crossings[i + 1]!.x - left);
      cells.fill(1, row * width + Math.round(x - left), row * width + end);
    });
  }
  return { width, height, cells };
}
