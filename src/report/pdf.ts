/** The SVGs of this package as PDF: lines stay lines, and letters letters, in embedded fonts. */
import { DOMParser } from 'linkedom/worker';
import PDFDocument from 'pdfkit';
import { BUNDLED_FONT, type Font } from './font.js';
import { type Attributes, paint, placeText, type SvgNode, transform } from './pdf-elements.js';

/** Of an inch: pixels of SVG are 1/96, points of PDF 1/72. */
const POINTS = 72 / 96;

/**
 * An SVG of this package as a PDF of one page of its size. The same SVG gives the same bytes.
 * @throws RangeError for an element that it does not know, so that none is missing unseen.
 */
export async function svgToPdf(svg: string, font: Font = BUNDLED_FONT): Promise<Uint8Array> {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement as unknown as SvgNode;
  const [width, height] = ['width', 'height'].map((name) => Number(root.getAttribute(name)));
  const document = new PDFDocument({
    size: [width! * POINTS, height! * POINTS],
    margin: 0,
    font: BUNDLED_FONT.path,
    info: { CreationDate: new Date(0), Producer: 'meta-plasticity', Creator: 'meta-plasticity' },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.scale(POINTS);
  draw(root, {}, { document, fonts: [font, BUNDLED_FONT] });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

interface Page {
  readonly document: PDFKit.PDFDocument;
  /** Letters are of the first that has them. */
  readonly fonts: readonly Font[];
}

/** Draws an element and what it holds; `inherited` are the attributes of those around it. */
function draw(element: SvgNode, inherited: Attributes, page: Page): void {
  const { document } = page;
  const own = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  const { transform: _, x: _x, y: _y, ...handedOn } = { ...inherited, ...own };
  const number = (name: string) => Number(own[name] ?? 0);
  const within = (name: 'width' | 'height') => (own[name] === '100%' ? Number(inherited[name]) : number(name));
  document.save();
  transform(document, own.transform ?? '');
  switch (element.localName) {
    case 'svg':
    case 'g':
      document.translate(number('x'), number('y'));
      for (const child of element.children) draw(child, handedOn, page);
      break;
    case 'path':
      paint(document, handedOn, () => document.path(own.d ?? ''));
      break;
    case 'line':
      paint(document, { ...handedOn, fill: 'none' }, () =>
        document.moveTo(number('x1'), number('y1')).lineTo(number('x2'), number('y2')),
      );
      break;
    case 'rect':
      paint(document, handedOn, () => document.rect(number('x'), number('y'), within('width'), within('height')));
      break;
    case 'circle':
      paint(document, handedOn, () => document.circle(number('cx'), number('cy'), number('r')));
      break;
    case 'text':
      placeText(document, element, { ...inherited, ...own }, page.fonts);
      break;
    default:
      throw new RangeError(`A PDF cannot be made of a figure with <${element.localName}>.`);
  }
  document.restore();
}
