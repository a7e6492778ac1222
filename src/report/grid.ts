/** Several charts as one figure. */
import { DEFAULT_STYLE, type FigureStyle, fontFamily } from './style.js';
import { xmlText } from './words.js';

const gap = 12;

/** Puts SVGs side by side in rows under a title, each under a letter of its own: the text of one SVG. */
export function gridOfCharts(
  title: string,
  svgs: readonly string[],
  { perRow = 2, style = DEFAULT_STYLE }: { perRow?: number; style?: FigureStyle } = {},
): string {
  const titleSize = Math.round(1.3 * style.fontSize);
  const titleHeight = 2 * titleSize;
  const panels = svgs.map((svg) => {
    const [root = ''] = /^<svg [^>]*>/.exec(svg) ?? [];
    const [width, height] = ['width', 'height'].map((name) => new RegExp(` ${name}="([\\d.]+)"`).exec(root)?.[1]);
    if (!width || !height) throw new RangeError('A grid needs SVGs that say their width and height.');
    return { svg, width: Number(width), height: Number(height) };
  });
  const label = (x: number, y: number, words: string): string => {
    return `<text x="${x}" y="${y}" font-size="${titleSize}" fill="#000000">${xmlText(words)}</text>`;
  };
  const placed: string[] = [];
  let top = titleHeight;
  let right = 0;
  for (let start = 0; start < panels.length; start += perRow) {
    const row = panels.slice(start, start + perRow);
    let left = 0;
    for (const [i, { svg, width }] of row.entries()) {
      placed.push(svg.replace('<svg ', `<svg x="${left}" y="${top}" `));
      if (panels.length > 1) placed.push(label(left + gap, top + titleSize, String.fromCharCode(97 + start + i)));
      left += width + gap;
    }
    right = Math.max(right, left - gap);
    top += Math.max(...row.map(({ height }) => height)) + gap;
  }
  const size = `width="${right}" height="${top}" viewBox="0 0 ${right} ${top}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${fontFamily(style)}">`,
    '<rect width="100%" height="100%" fill="#ffffff" />',
    label(gap, titleHeight - gap, title),
    ...placed,
    '</svg>',
  ].join('\n');
}
