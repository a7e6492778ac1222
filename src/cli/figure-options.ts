/** The flags of figures, the same for every command that draws. */
import { resolve } from 'node:path';
import { readFont } from '../report/font.js';
import { DEFAULT_STYLE, type FigureStyle, FORMATS, type Format } from '../report/style.js';
import type { Look } from '../results/draw.js';
import { type Check, refuse, text, wholeNumber } from './checks.js';
import { type Options, type Values, value } from './option.js';
import { evaluate, type Given, readObject } from './parse.js';
import { UsageError } from './usage-error.js';

/** Formats with commas between them. */
const formats: Check<Format[]> = (given, flag) =>
  given
    .split(',')
    .map((format) => FORMATS.find((known) => known === format) ?? refuse(flag, given, 'png, pdf or png,pdf'));

/** A width, or width and height. */
const chartSize: Check<readonly [width: number, height?: number]> = (given, flag) => {
  const [width, height, ...more] = given.split(',').map((item) => wholeNumber(1, 10000)(item, flag));
  return width === undefined || more.length > 0
    ? refuse(flag, given, 'a width, or width,height')
    : height === undefined
      ? [width]
      : [width, height];
};

const avgWindow = wholeNumber(1);

export const styleOptions = {
  format: value('Figures', DEFAULT_STYLE.format, 'what there is of figures beside SVG: png, pdf or png,pdf', formats),
  size: value('Figures', DEFAULT_STYLE.size, 'width, or width,height, of a chart in pixels, 96 to an inch', chartSize),
  font: value(
    'Figures',
    undefined,
    'TrueType or OpenType file with the letters',
    (given, flag) => resolve(text(given, flag)),
    {
      initially: 'DejaVu Sans',
    },
  ),
  font_size: value('Figures', DEFAULT_STYLE.fontSize, 'size of the letters in pixels', wholeNumber(4, 100)),
} satisfies Options;

export const figureOptions = {
  avg_window: value('Figures', 10, 'moving average, in episodes', avgWindow),
  ...styleOptions,
} satisfies Options;

/** A chart has room for axes, names and some curve between them. */
const LEAST_WIDTH = 24;

/** @throws UsageError where the font cannot be read, or its letters are too large for the charts. */
export function styleOf({ format, size, font, font_size }: Values<typeof styleOptions>): FigureStyle {
  if (size[0] < LEAST_WIDTH * font_size) {
    const least = LEAST_WIDTH * font_size;
    throw new UsageError(
      `--size must be at least ${least} wide with letters of ${font_size} pixels, not '${size[0]}'.`,
    );
  }
  return { format, size, fontSize: font_size, ...(font !== undefined && { font: fontOf(font) }) };
}

function fontOf(path: string) {
  try {
    return readFont(path);
  } catch (error) {
    throw new UsageError(`--font must be a TrueType or OpenType file, not '${path}' (${(error as Error).message}).`);
  }
}

/** How the figures of a run look: by flags, or as its settings say; `origin` says in messages where these stand. */
export function lookOf(settings: Readonly<Record<string, unknown>>, origin: string, given: Given = new Map()): Look {
  const own = Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(figureOptions, name)));
  const { avg_window, ...style } = evaluate(figureOptions, [given, readObject(figureOptions, own, origin)]);
  return { avgWindow: avg_window, style: styleOf(style) };
}
