/** What each part of a `run.json` may be: it may come from anybody, and its words go into code, figures and pages. */
import { ACTIVATIONS } from '../network/activation.js';
import { FEEDBACKS } from '../network/feedback.js';
import { MOST_LAYERS, MOST_UNITS } from '../network/layers.js';
import { MOST_COEFFICIENTS } from '../plasticity/rule.js';
import { shortened } from '../text.js';

type Test = (value: unknown) => boolean;

const isText =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isWhole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Test =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const isObject: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList =
  (test: Test, min: number, max: number): Test =>
  (value) =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every(test);
/** Runs of older versions lack it. */
const isOptional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const isAbove = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;
const isName = isText(/^[\w.@,]{1,1500}$/);
const isTie: Test = (value) => {
  const { name, formula, to } = (isObject(value) ? value : {}) as Record<string, unknown>;
  return isName(name) && isName(to) && typeof formula === 'string';
};
function isCoefficient({ name, formula, layers, initial, scale }: Record<string, unknown>): boolean {
  return (
    isName(name) &&
    (formula === undefined || typeof formula === 'string') &&
    (layers === undefined || isList(isWhole(1, MOST_LAYERS), 1, MOST_LAYERS)(layers)) &&
    Number.isFinite(initial) &&
    (scale === undefined || isAbove(scale))
  );
}

/** Longer is no path. */
const LONGEST_NAME = 4096;

/** Each part's place, what it must be, and whether it is that. */
const PARTS: readonly (readonly [place: string, what: string, is: Test])[] = [
  ['version', 'a version, like 0.1.0', isText(/^\d{1,6}(\.\d{1,6}){2}([-+][\w.+-]{1,40})?$/)],
  ['started', 'a time, like 2026-01-31T12:00:00.000Z', isText(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/)],
  ['settings', 'an object', isObject],
  ['settings.seed', 'a whole number of at least 0', isWhole(0)],
  ...['M', 'K', 'Q', 'avg_window'].map(
    (name) => [`settings.${name}`, 'a whole number of at least 1', isWhole(1)] as const,
  ),
  ['settings.beta', 'a number above 0', isAbove],
  ['settings.fbk', FEEDBACKS.join(' or '), (value) => FEEDBACKS.some((feedback) => feedback === value)],
  [
    'settings.activation',
    ACTIVATIONS.join(' or '),
    isOptional((value) => ACTIVATIONS.some((activation) => activation === value)),
  ],
  ['settings.gain', 'a number above 0', isOptional(isAbove)],
  ['settings.noise', 'a number of at least 0', isOptional((value) => Number.isFinite(value) && (value as number) >= 0)],
  ['tied', 'terms with the coefficients of others', isOptional(isList(isTie, 1, MOST_COEFFICIENTS))],
  ['states', 'formulas of states', isOptional(isList((value) => typeof value === 'string', 1, MOST_COEFFICIENTS))],
  [
    'layers',
    `2 to ${MOST_LAYERS + 1} sizes from 1 to ${MOST_UNITS}`,
    isList(isWhole(1, MOST_UNITS), 2, MOST_LAYERS + 1),
  ],
  ['rule', `1 to ${MOST_COEFFICIENTS} coefficients`, isList(isObject, 1, MOST_COEFFICIENTS)],
  ['data', 'an object', isObject],
  ['data.name', 'a name', (value) => typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME],
  ['data.classes', 'a whole number of at least 1', isWhole(1)],
  ['data.images', 'a whole number of at least 1', isWhole(1)],
  ['data.checksum', 'a SHA-256 sum', isText(/^[0-9a-f]{64}$/)],
];

/** The first part that is not what it may be, in a clause; undefined where all is well. */
export function runFileFault(file: object): string | undefined {
  for (const [place, what, is] of PARTS) {
    const value = place.split('.').reduce<unknown>(partOf, file);
    if (!is(value)) return `its ${place} must be ${what}, not ${shown(value)}`;
  }
  const { rule } = file as { rule: Record<string, unknown>[] };
  const wrong = rule.find((coefficient) => !isCoefficient(coefficient));
  return wrong && `its rule must hold coefficients with name, formula and initial value, not ${shown(wrong)}`;
}

function partOf(of: unknown, name: string): unknown {
  return Object.hasOwn(of as object, name) ? (of as Record<string, unknown>)[name] : undefined;
}

const shown = (value: unknown): string => (value === undefined ? 'missing' : shortened(JSON.stringify(value), 60));
