import { createRequire } from 'node:module';
import { type ResvgRenderOptions, renderAsync } from '@resvg/resvg-js';

const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/**
 * Render an SVG at twice its size in pixels, with the font that comes with the package: none need be installed. Several
 * at once share Node's pool of threads.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const options: ResvgRenderOptions = {
    font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: 2 },
  };
  return (await renderAsync(svg, options)).asPng();
}
