/** What an SVG's attributes and text come to in a PDF. */
import { type Font, glyphTest } from './font.js';

/** The parts of linkedom's nodes that are used here. */
export interface SvgNode {
  readonly localName: string;
  readonly textContent: string;
  readonly nodeType: number;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly children: Iterable<SvgNode>;
  readonly childNodes: Iterable<SvgNode>;
  getAttribute(name: string): string | null;
}

/** By their names in SVG. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** Moves, turns and scales what is drawn next as a `transform` says. */
export function transform(document: PDFKit.PDFDocument, text: string): void {
  for (const [, name, list] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b = 0] = list!.split(/[ ,]+/).map(Number);
    if (name === 'translate') document.translate(a, b);
    else if (name === 'rotate') document.rotate(a);
    else throw new RangeError(`A PDF cannot be made of a figure with '${name}(${list})'.`);
  }
}

/** Fills and strokes the path that `make` makes; a PDF wants to know how before it. */
export function paint(document: PDFKit.PDFDocument, attributes: Attributes, make: () => void): void {
  const fill = colour(attributes.fill ?? '#000000', attributes);
  const stroke = colour(attributes.stroke ?? 'none', attributes);
  if (!fill && !stroke) return;
  const dashes = attributes['stroke-dasharray'] ?? 'none';
  if (/^[\d., ]+$/.test(dashes)) document.addContent(`[${dashes.replaceAll(',', ' ')}] 0 d`);
  document.lineWidth(Number(attributes['stroke-width'] ?? 1));
  document.lineCap(attributes['stroke-linecap'] ?? 'butt');
  document.lineJoin(attributes['stroke-linejoin'] ?? 'miter');
  document.fillOpacity(opacity(attributes, 'fill-opacity')).strokeOpacity(opacity(attributes, 'stroke-opacity'));
  if (fill) document.fillColor(fill);
  if (stroke) document.strokeColor(stroke);
  make();
  if (fill && stroke) document.fillAndStroke();
  else if (fill) document.fill();
  else if (stroke) document.stroke();
}

const opacity = (attributes: Attributes, name: string): number => Number(attributes[name] ?? 1);

const NAMED: Readonly<Record<string, string>> = { black: '#000000', white: '#ffffff' };

function colour(value: string, attributes: Attributes): string | undefined {
  if (value === 'none' || value === 'transparent') return undefined;
  const rgb = value === 'currentColor' ? (attributes.color ?? '#000000') : (NAMED[value] ?? value);
  if (!/^#[0-9a-f]{6}$/i.test(rgb))
    throw new RangeError(`A PDF cannot be made of a figure with the colour '${value}'.`);
  return rgb;
}

/** Letters of one size and font, and how much lower than those before they stand. */
interface Run {
  readonly text: string;
  readonly size: number;
  readonly dy: number;
  readonly font: Font;
}

/** Writes a text element, its tspans one after the other. */
export function placeText(
  document: PDFKit.PDFDocument,
  element: SvgNode,
  attributes: Attributes,
  fonts: readonly Font[],
): void {
  const fill = colour(attributes.fill ?? '#000000', attributes);
  if (!fill) return;
  const size = Number(attributes['font-size']);
  const runs = [...element.childNodes].flatMap((node) => {
    const own = (name: string) => (node.nodeType === 1 ? node.getAttribute(name) : null);
    return runsOf(node.textContent, fonts).map((run, i) => ({
      ...run,
      size: Number(own('font-size') ?? size),
      dy: i === 0 ? length(own('dy'), size) : 0,
    }));
  });
  const width = runs.reduce((sum, run) => sum + widthOf(document, run), 0);
  const anchor = { start: 0, middle: 0.5, end: 1 }[attributes['text-anchor'] ?? 'start'] ?? 0;
  let x = length(attributes.x, size) + length(attributes.dx, size) - anchor * width;
  let y = length(attributes.y, size) + length(attributes.dy, size);
  document.fillColor(fill).fillOpacity(opacity(attributes, 'fill-opacity'));
  for (const run of runs) {
    const advance = widthOf(document, run);
    y += run.dy;
    document.text(run.text, x, y, { lineBreak: false, baseline: 'alphabetic' });
    x += advance;
  }
}

/** Sets the font, too. */
function widthOf(document: PDFKit.PDFDocument, { text, size, font }: Run): number {
  return document.font(font.path).fontSize(size).widthOfString(text);
}

/** A text in pieces by the first font that has their letters. */
function runsOf(text: string, fonts: readonly Font[]): Pick<Run, 'text' | 'font'>[] {
  const tests = fonts.map((font) => [font, glyphTest(font)] as const);
  const runs: { text: string; font: Font }[] = [];
  for (const letter of text) {
    const [font] = tests.find(([, has]) => has(letter.codePointAt(0)!)) ?? tests.at(-1)!;
    const last = runs.at(-1);
    if (last?.font === font) last.text += letter;
    else runs.push({ text: letter, font });
  }
  return runs;
}

/** Pixels; an em is a font's size. */
function length(value: string | null | undefined, size: number): number {
  const [, number = '0', unit] = /^(-?[\d.]+)(em|px)?$/.exec(value ?? '0') ?? [];
  return Number(number) * (unit === 'em' ? size : 1);
}
