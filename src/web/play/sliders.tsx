/** A signed logarithmic slider for each term. */
import type { JSX } from 'preact';
import { POOL } from '../../plasticity/pool.js';
import { TermFormula } from '../shared/formula.js';
import { shown } from '../shared/numbers.js';
import type { Setting } from './setting.js';

/** Decades from the smallest to the largest coefficient, and the largest, as an update of F0's size. */
const [DECADES, LARGEST] = [4, 0.3];
const STEPS = 200;

/** A place of -STEPS … STEPS to a coefficient: 0 in the middle, then both ways by powers of ten. */
export function coefficientAt(place: number, size: number): number {
  if (place === 0) return 0;
  const value = (LARGEST / size) * 10 ** (-DECADES * (1 - Math.abs(place) / STEPS));
  return Number((Math.sign(place) * value).toPrecision(3));
}

export function placeOf(coefficient: number, size: number): number {
  if (coefficient === 0) return 0;
  const decades = Math.log10((Math.abs(coefficient) * size) / LARGEST);
  const place = Math.round(STEPS * (1 + decades / DECADES));
  return Math.sign(coefficient) * Math.min(STEPS, Math.max(1, place));
}

export interface SlidersProps {
  readonly setting: Setting;
  /** Of each term beside F0's 1. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly onChange: (theta: Setting['theta']) => void;
}

export function Sliders({ setting, sizes, onChange }: SlidersProps): JSX.Element {
  const { theta, own } = setting;
  const terms = [
    ...POOL,
    ...(Object.hasOwn(theta, 'own')
      ? [{ name: 'own', alias: undefined, formula: own, description: 'Your own term.' }]
      : []),
  ];
  const without = (name: string) => Object.fromEntries(Object.entries(theta).filter(([other]) => other !== name));
  return (
    <ul class="sliders">
      {terms.map(({ name, alias, formula, description }) => {
        const on = Object.hasOwn(theta, name);
        const size = sizes[name] ?? 1;
        return (
          <li key={name} class={on ? 'on' : ''}>
            <label>
              <input
                type="checkbox"
                checked={on}
                disabled={name === 'F0'}
                onChange={() => onChange(on ? without(name) : { ...theta, [name]: 0 })}
              />{' '}
              <b>{name}</b> {alias}
            </label>
            <TermFormula {...{ name, formula }} />
            {on && (
              <div class="slide">
                <input
                  type="range"
                  min={-STEPS}
                  max={STEPS}
                  value={placeOf(theta[name]!, size)}
                  aria-label={`coefficient of ${name}`}
                  aria-valuetext={shown(theta[name]!, 3)}
                  onInput={(event) =>
                    onChange({ ...theta, [name]: coefficientAt(Number(event.currentTarget.value), size) })
                  }
                />
                <output>{shown(theta[name]!, 3)}</output>
              </div>
            )}
            <small>{description}</small>
          </li>
        );
      })}
    </ul>
  );
}
