import type { SvgElement } from './chart.js';

/** A Greek letter, an underscore and what is to stand below: `θ_2`, `α_1`, `θ_own`. */
const pattern = /([θα])_([^\s,;=]+)/;

/**
 * Turn `θ_2` in a text element into a letter and a smaller, lowered tspan. Plot writes plain text only, and
 * `baseline-shift` is unknown to some browsers, so the tspan is moved by dy and what follows is moved back.
 */
export function setSubscripts(text: SvgElement, fontSize: number): void {
  const words = text.textContent ?? '';
  if (!pattern.test(words)) return;
  const drop = 0.25 * fontSize;
  text.textContent = '';
  let rest = words;
  let lowered = false;
  const add = (part: string): void => {
    if (part === '') return;
    text.append(lowered ? tspan(text, part, { dy: -drop }) : part);
    lowered = false;
  };
  for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
    add(rest.slice(0, match.index) + match[1]!);
    text.append(tspan(text, match[2]!, { dy: drop, 'font-size': 0.75 * fontSize }));
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
