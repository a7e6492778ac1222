import { createRequire } from 'node:module';
import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';

const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** Render an SVG at twice its size in pixels, with the font that comes with the package: none need be installed. */
export function svgToPng(svg: string): Uint8Array {
  const options: ResvgRenderOptions = {
    font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: 2 },
  };
  return new Resvg(svg, options).render().asPng();
}
