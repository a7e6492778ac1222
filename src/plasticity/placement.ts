/**
 * The names of terms and states, which only this file takes apart: `B.` before it says that a term changes B, `@` where it
 * applies: `F2` everywhere, `F2@2` in layer 2, `F2@1,3` in layers 1 and 3, `F2@each` one term a layer.
 */
import { shortened } from '../text.js';
import { checkLength, RuleError } from './grammar.js';
import type { MatrixName } from './program.js';

/** What stands before the name of a term that changes the feedback matrices, not the weights. */
export const OF_FEEDBACK = 'B.';

/** A name taken apart. */
export interface Placed {
  /** Without what is before and behind it. */
  readonly bare: string;
  readonly matrix: MatrixName;
  /** Counted from 1, in ascending order; absent: everywhere. */
  readonly layers?: readonly number[] | 'each';
}

/**
 * Takes `F2@3,1` apart.
 * @throws RuleError for a name that is too long, or where what follows the `@` is no layers.
 */
export function parsePlacement(text: string): Placed {
  const at = text.indexOf('@');
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  const where = at < 0 ? undefined : text.slice(at + 1).trim();
  checkLength(name);
  const matrix: MatrixName = /^b\./i.test(name) ? 'B' : 'W';
  const whole = { bare: matrix === 'B' ? name.slice(OF_FEEDBACK.length) : name, matrix };
  if (where === undefined || where === 'each') return { ...whole, ...(where && { layers: where }) };
  const layers = where.split(',').map((layer) => (/^\s*\d{1,6}\s*$/.test(layer) ? Number(layer) : 0));
  if (layers.includes(0)) {
    const valid = `${name}@2 is layer 2, ${name}@1,3 layers 1 and 3, ${name}@each one term a layer; layers count from 1`;
    throw new RuleError(`'${shortened(text.trim())}' does not say in which layers (${valid})`);
  }
  layers.sort((a, b) => a - b);
  const twice = layers.find((layer, i) => layer === layers[i - 1]);
  if (twice !== undefined) throw new RuleError(`'${shortened(text.trim())}' names layer ${twice} twice`);
  return { ...whole, layers };
}

/** The name without its layers: `B.F2`. */
export function unplacedName({ bare, matrix }: Pick<Placed, 'bare' | 'matrix'>): string {
  return matrix === 'B' ? OF_FEEDBACK + bare : bare;
}

/** The one way of writing it: `F2@1,3`. */
export function placedName({ layers, ...name }: Placed): string {
  return unplacedName(name) + (layers === undefined ? '' : `@${layers === 'each' ? layers : layers.join()}`);
}

/** A term's full name, `F2@1,3`, and its layers where it is not for all. */
export interface Place {
  readonly name: string;
  readonly layers?: readonly number[];
}

/**
 * The terms that are meant: `F2@1` … `F2@L` by `F2@each`, else one.
 * @param layerCount L; without it `each` means nothing.
 * @throws RuleError for a layer above L, and for `each` without a layerCount.
 */
export function expandPlacement(placed: Placed, layerCount?: number): Place[] {
  const { layers } = placed;
  const name = unplacedName(placed);
  if (layers === undefined) return [{ name }];
  if (layers !== 'each') {
    const place = { name: placedName(placed), layers };
    if (layerCount !== undefined) checkLayers(place, layerCount);
    return [place];
  }
  if (layerCount === undefined) throw new RuleError(`'${name}@each' needs the number of layers, which is not given`);
  return Array.from({ length: layerCount }, (_, l) => ({ name: `${name}@${l + 1}`, layers: [l + 1] }));
}

/** @throws RuleError for a term of a layer that the network does not have. */
export function checkLayers({ name, layers = [] }: Place, layerCount: number): void {
  const above = layers.find((layer) => layer > layerCount);
  if (above === undefined) return;
  const has = layerCount === 1 ? 'only layer 1' : `layers 1 to ${layerCount}`;
  throw new RuleError(`the term '${name}' is for layer ${above}, but the network has ${has}`);
}
