/** Text in a figure: how much room it takes, and subscripts. */
import { printable } from '../text.js';

/** The parts of an SVG element that are used here; the DOM's own types are not part of a Node program. */
export interface SvgElement {
  readonly outerHTML: string;
  textContent: string | null;
  readonly ownerDocument: { createElementNS(namespace: string, name: string): SvgElement };
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(...children: (SvgElement | string)[]): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** Text between the tags of an SVG, or in an attribute. */
export function xmlText(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Width of a character of DejaVu Sans, in ems, on the safe side. */
const characterWidth = 0.62;
const subscriptSize = 0.75;
/** A letter of the paper's, an underscore and what is to stand below: `θ_2`, `α_1`, `θ_own`, `θ_2@1,3`, `F_bio`, `E_1`. */
const subscript = /([θα]|(?<!\w)[EF])_([^\s,;:=]+(?:,\d+)*)/;
/** No label has more characters, nor takes more of a figure's width. */
const [longestLabel, widestLabel] = [24, 0.4];

/** A label that leaves room for a figure of that width. */
export function cut(label: string, fontSize: number, width: number): string {
  const longest = Math.min(longestLabel, Math.floor((widestLabel * width) / (characterWidth * fontSize)));
  return label.length <= longest ? label : `${label.slice(0, longest - 1)}…`;
}

/** Pixels that a label takes. */
export function labelWidth(label: string, fontSize: number): number {
  const characters = subscript.test(label) ? 1 + subscriptSize * (label.length - 2) : label.length;
  return characters * characterWidth * fontSize;
}

/** Lines of a text that a figure has room for. */
const mostLines = 8;

/** Break text into lines of so many pixels at its spaces, longer words anywhere; what is too much for a figure is left out. */
export function wrap(text: string, fontSize: number, width: number): string[] {
  const characters = Math.floor(width / (characterWidth * fontSize));
  const lines: string[] = [];
  for (const [word] of text.matchAll(new RegExp(`\\S{1,${characters}}`, 'gu'))) {
    if (lines.length > mostLines) break;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > mostLines ? [...lines.slice(0, mostLines - 1), '…'] : lines;
}

/**
 * Turn `θ_2` in a text element into a letter and a smaller, lowered tspan. Plot writes plain text only, and
 * `baseline-shift` is unknown to some browsers, so the tspan is moved by dy and what follows is moved back.
 */
export function setSubscripts(text: SvgElement, fontSize: number): void {
  let rest = text.textContent ?? '';
  if (!subscript.test(rest)) return;
  const drop = 0.25 * fontSize;
  let lowered = false;
  const add = (part: string): void => {
    if (part === '') return;
    text.append(lowered ? tspan(text, part, { dy: -drop }) : part);
    lowered = false;
  };
  text.textContent = '';
  for (let match = subscript.exec(rest); match !== null; match = subscript.exec(rest)) {
    add(rest.slice(0, match.index) + match[1]!);
    text.append(tspan(text, match[2]!, { dy: drop, 'font-size': subscriptSize * fontSize }));
    lowered = true;
    rest = rest.slice(match.index + match[0].length);
  }
  add(rest);
}

function tspan(text: SvgElement, words: string, attributes: Record<string, number>): SvgElement {
  const element = text.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'tspan');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = words;
  return element;
}
