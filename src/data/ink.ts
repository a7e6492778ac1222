/** Whether images look as they should: light ink on a dark ground. */
import type { Dataset } from './dataset.js';

/** What a data set's images show. */
export interface Ink {
  /** Indices of images that are of one grey throughout, and so show nothing. */
  readonly blank: readonly number[];
  /** Names of the classes that have no other. */
  readonly blankClasses: readonly string[];
  /** Mean grey of the outermost pixels of all images, where the ground is seen, and of all pixels; 0 to 255. */
  readonly border: number;
  readonly mean: number;
}

/** Looks at every pixel. */
export function inkOf({ dim, images, labels, classes }: Dataset): Ink {
  const blank: number[] = [];
  const shows = classes.map(() => false);
  let [sum, border, borderPixels] = [0, 0, 0];
  for (let image = 0, i = 0; image < labels.length; image++) {
    const first = images[i];
    let isBlank = true;
    for (let y = 0; y < dim; y++)
      for (let x = 0; x < dim; x++, i++) {
        const grey = images[i]!;
        sum += grey;
        if (grey !== first) isBlank = false;
        if (x > 0 && y > 0 && x < dim - 1 && y < dim - 1) continue;
        border += grey;
        borderPixels++;
      }
    if (isBlank) blank.push(image);
    else shows[labels[image]!] = true;
  }
  const blankClasses = classes.filter((_, label) => !shows[label]);
  return { blank, blankClasses, border: border / borderPixels, mean: sum / images.length };
}

/** Dark ink on a light ground, as far as pixels tell: a light border, lighter than the whole. */
export function isGroundLight({ border, mean }: Ink): boolean {
  return border > 127.5 && border > mean;
}

/**
 * What to tell of images that do not look as they should, a sentence each.
 * @param invert whether --invert is on
 * @param fileOf names an image
 */
export function inkNotices(dataset: Dataset, invert: boolean, fileOf: (image: number) => string): string[] {
  const ink = inkOf(dataset);
  const { blank, blankClasses, border, mean } = ink;
  const sentences: string[] = [];
  if (blank.length > 0) {
    const classes = blankClasses.length > 0 ? `; all of ${blankClasses.slice(0, 5).join(', ')} are` : '';
    const more = blankClasses.length > 5 ? ` and ${blankClasses.length - 5} more classes` : '';
    const hint = invert
      ? 'Light ink on a transparent ground needs no --invert'
      : 'Dark ink on a transparent ground needs --invert';
    sentences.push(
      `${blank.length} of ${dataset.labels.length} images are blank, of one grey throughout, ${fileOf(blank[0]!)} first` +
        `${classes}${more}. ${hint}.`,
    );
  }
  if (isGroundLight(ink))
    sentences.push(
      `The ground of the images is light (${border.toFixed()} of 255 at their borders, ${mean.toFixed()} on the whole), but ink ` +
        `should be light on dark, as in EMNIST: ${invert ? 'leave --invert out' : 'try --invert'}.`,
    );
  return sentences;
}
