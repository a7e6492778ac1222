import { PNG } from 'pngjs';
import type { Dataset } from '../data/dataset.js';
import { classIndex } from '../data/sampler.js';
import { printable, shortened } from '../text.js';
import { svgToPng } from './png.js';

/** Grey between the images and behind the names. */
const GROUND = 64;
/** Height of a name's line; images are as high at least. */
const LINE = 16;
const LONGEST_NAME = 28;
/** A picture of so many pixels takes some 200 MB to make. */
const MOST_PIXELS = 2 ** 26;

/**
 * A picture of a data set: one row a class, in label order, with its name and the first `perClass` images, upright and
 * one dark pixel apart. A class with fewer images leaves the rest of its row dark.
 *
 * @param options.perClass images of each class (20)
 * @param options.scale pixels to a pixel (as many as make room for the names)
 * @returns the bytes of a PNG file
 * @throws Error where the picture would be too large
 */
export async function contactSheet(
  dataset: Dataset,
  options: { perClass?: number; scale?: number } = {},
): Promise<Buffer> {
  const { dim, classes, images, labels } = dataset;
  const { perClass = 20, scale = Math.ceil(LINE / dim) } = options;
  for (const [name, value] of Object.entries({ perClass, scale }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`A contact sheet's ${name} must be a positive integer, not ${value}.`);

  const names = await drawNames(classes);
  const pitch = Math.max(dim * scale, LINE) + 1;
  const largest = Math.max(...classIndex(dataset).map(({ images }) => images.length));
  const width = names.width + Math.min(perClass, largest) * pitch + 1;
  const height = classes.length * pitch + 1;
  if (width * height > MOST_PIXELS)
    throw new Error(`A contact sheet of ${width} x ${height} pixels is too large: show fewer images of each class.`);

  const data = Buffer.alloc(width * height, GROUND);
  for (const label of classes.keys()) {
    const top = label * pitch + Math.floor((pitch - LINE) / 2);
    for (let y = 0; y < LINE; y++) data.set(names.row(label * LINE + y), (top + y) * width);
  }
  const shown = new Array<number>(classes.length).fill(0);
  labels.forEach((label, image) => {
    const column = shown[label]!++;
    if (column >= perClass) return;
    const left = names.width + column * pitch + 1;
    for (let y = 0; y < dim * scale; y++)
      for (let x = 0; x < dim * scale; x++) {
        const grey = images[(image * dim + Math.floor(y / scale)) * dim + Math.floor(x / scale)]!;
        data[(label * pitch + 1 + y) * width + left + x] = grey;
      }
  });
  return PNG.sync.write(Object.assign(new PNG(), { width, height, data }), { colorType: 0, inputColorType: 0 });
}

/** Grey pixels with a line for each name, as wide as the longest takes. */
async function drawNames(names: readonly string[]): Promise<{ width: number; row: (y: number) => Uint8Array }> {
  const [most, height] = [LONGEST_NAME * LINE, names.length * LINE];
  const ground = `rgb(${GROUND},${GROUND},${GROUND})`;
  const lines = names.map((name, i) => {
    const text = shortened(printable(name), LONGEST_NAME).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<text x="4" y="${i * LINE + 12}">${text}</text>`;
  });
  // Half as large, since it is drawn at twice its size.
  const size = `width="${most / 2}" height="${height / 2}" viewBox="0 0 ${most} ${height}"`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="DejaVu Sans" font-size="12" fill="#dddddd">` +
    `<rect width="100%" height="100%" fill="${ground}"/>${lines.join('')}</svg>`;
  const { data } = PNG.sync.read(Buffer.from(await svgToPng(svg)));
  const grey = Uint8Array.from({ length: most * height }, (_, i) => data[4 * i]!);
  const end = grey.reduce((end, value, i) => (value === GROUND ? end : Math.max(end, i % most)), 0);
  const width = Math.min(end + 5, most);
  return { width, row: (y) => grey.subarray(y * most, y * most + width) };
}
