import { type ResvgRenderOptions, renderAsync } from '@resvg/resvg-js';
import { BUNDLED_FONT, type Font } from './font.js';

/**
 * Render an SVG at twice its size in pixels; `font` is its own, and the one that comes with the package has the letters
 * that it lacks. Several at once share Node's pool of threads.
 */
export async function svgToPng(svg: string, font: Font = BUNDLED_FONT): Promise<Uint8Array> {
  const fontFiles = [...new Set([font.path, BUNDLED_FONT.path])];
  const options: ResvgRenderOptions = {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: BUNDLED_FONT.family },
    fitTo: { mode: 'zoom', value: 2 },
  };
  return (await renderAsync(svg, options)).asPng();
}
