/** Several charts as one figure. */

const gap = 12;
const titleHeight = 34;
const titleSize = 17;

/** Puts SVGs side by side in rows under a title, each under a letter of its own: the text of one SVG. */
export function gridOfCharts(title: string, svgs: readonly string[], perRow = 2): string {
  const panels = svgs.map((svg) => {
    const [root = ''] = /^<svg [^>]*>/.exec(svg) ?? [];
    const [width, height] = ['width', 'height'].map((name) => new RegExp(` ${name}="([\\d.]+)"`).exec(root)?.[1]);
    if (!width || !height) throw new RangeError('A grid needs SVGs that say their width and height.');
    return { svg, width: Number(width), height: Number(height) };
  });
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
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="'DejaVu Sans', Verdana, sans-serif">`,
    '<rect width="100%" height="100%" fill="#ffffff" />',
    label(gap, titleHeight - gap, title),
    ...placed,
    '</svg>',
  ].join('\n');
}

function label(x: number, y: number, words: string): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-size="${titleSize}" fill="#000000">${escaped}</text>`;
}
