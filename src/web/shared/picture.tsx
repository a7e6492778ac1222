/** Images and matrices on a canvas. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTheme } from './theme.js';

export interface PictureProps {
  readonly bytes: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** Screen pixels to a pixel. */
  readonly zoom: number;
  /** `grey`: 255 is ink. `signed`: 128 is nothing, below orange, above blue. */
  readonly colours: 'grey' | 'signed';
  readonly label: string;
}

export function Picture({ bytes, width, height, zoom, colours, label }: PictureProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) image.data.set(colour(bytes[i]!, colours, theme === 'dark'), 4 * i);
    context.putImageData(image, 0, 0);
  }, [bytes, width, height, colours, theme]);
  return (
    <canvas
      class="picture"
      ref={canvas}
      {...{ width, height }}
      style={{ width: `${width * zoom}px`, aspectRatio: `${width} / ${height}` }}
      role="img"
      aria-label={label}
    />
  );
}

function colour(value: number, colours: PictureProps['colours'], dark: boolean): [number, number, number, number] {
  if (colours === 'grey') {
    const grey = dark ? value : 255 - value;
    return [grey, grey, grey, 255];
  }
  const size = Math.min(1, Math.abs(value - 128) / 120);
  const [ground, end] = [dark ? [30, 33, 38] : [255, 255, 255], value < 128 ? [213, 94, 0] : [0, 114, 178]];
  const mixed = ground.map((from, i) => Math.round(from + size * (end[i]! - from)));
  return [mixed[0]!, mixed[1]!, mixed[2]!, 255];
}

/** Pictures of one size beside each other, `columns` in a row, one dark pixel apart. */
export function tiled(
  bytes: Uint8Array,
  size: { width: number; height: number; count: number },
  columns: number,
  ground = 128,
) {
  const { width, height, count } = size;
  const rows = Math.ceil(count / columns);
  const whole = { width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 };
  const out = new Uint8Array(whole.width * whole.height).fill(ground);
  for (let i = 0; i < count; i++) {
    const [left, top] = [(i % columns) * (width + 1), Math.floor(i / columns) * (height + 1)];
    for (let y = 0; y < height; y++)
      out.set(bytes.subarray((i * height + y) * width, (i * height + y + 1) * width), (top + y) * whole.width + left);
  }
  return { bytes: out, ...whole };
}
