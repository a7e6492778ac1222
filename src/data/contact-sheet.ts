import { PNG } from 'pngjs';
import type { Dataset } from './dataset.js';

/**
 * A picture of a data set: one row a class, in label order, with the first `perClass` images of each, upright and
 * one dark pixel apart. A class with fewer images leaves the rest of its row dark.
 *
 * @param options.perClass images of each class (20)
 * @param options.scale pixels to a pixel (1)
 * @returns the bytes of a PNG file
 */
export function contactSheet(dataset: Dataset, options: { perClass?: number; scale?: number } = {}): Buffer {
  const { dim, classes, images, labels } = dataset;
  const { perClass = 20, scale = 1 } = options;
  for (const [name, value] of Object.entries({ perClass, scale }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`A contact sheet's ${name} must be a positive integer, not ${value}.`);

  const pitch = dim * scale + 1;
  const width = perClass * pitch + 1;
  const png = new PNG({ width, height: classes.length * pitch + 1 });
  for (let i = 0; i < png.data.length; i += 4) png.data.set([64, 64, 64, 255], i);

  const shown = new Array<number>(classes.length).fill(0);
  labels.forEach((label, image) => {
    const column = shown[label]!++;
    if (column >= perClass) return;
    for (let y = 0; y < dim * scale; y++)
      for (let x = 0; x < dim * scale; x++) {
        const grey = images[(image * dim + Math.floor(y / scale)) * dim + Math.floor(x / scale)]!;
        const at = 4 * ((label * pitch + 1 + y) * width + column * pitch + 1 + x);
        png.data.fill(grey, at, at + 3);
      }
  });
  return PNG.sync.write(png, { colorType: 0 });
}
