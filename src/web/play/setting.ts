/** What the playground is set to, and how an address says it. */
import { defaultLayers, HIDDEN_LAYERS } from '../../network/layers.js';
import { POOL } from '../../plasticity/pool.js';
import { parseRule, type Rule } from '../../plasticity/rule.js';

export const FEEDBACKS = ['fix', 'sym', 'dfa'] as const;
export type PlayFeedback = (typeof FEEDBACKS)[number];

export interface Setting {
  /** Coefficients of the terms that the rule has, by name: F0 always. */
  readonly theta: Readonly<Record<string, number>>;
  /** Formula of the term `own`, if there is one. */
  readonly own: string;
  readonly feedback: PlayFeedback;
  /** Hidden layers. */
  readonly depth: number;
  /** What the initial weights are multiplied by. */
  readonly gain: number;
  /** Images of each of the five classes. */
  readonly K: number;
  readonly seed: number;
}

/** Of a task: classes, and query images of each, as everywhere. */
export const [M, Q] = [5, 10];
export const BETA = 10;
export const MOST = { depth: 8, K: 200, seed: 9999 };

export const START: Setting = {
  theta: { F0: 0.01, F2: -0.05, F9: 0.0055 },
  own: '',
  feedback: 'fix',
  depth: HIDDEN_LAYERS.length,
  gain: 1,
  K: 50,
  seed: 1,
};

export function layersOf({ depth }: Pick<Setting, 'depth'>): number[] {
  const [inputs, outputs] = [784, 47];
  const whole = defaultLayers(inputs, outputs);
  const hidden = Array.from({ length: depth }, (_, i) => HIDDEN_LAYERS[Math.min(i, HIDDEN_LAYERS.length - 1)]!);
  return depth === HIDDEN_LAYERS.length ? whole : [inputs, ...hidden, outputs];
}

/** The rule of a setting: terms of the pool in its order, then the user's own, each with its coefficient. */
export function ruleOf({ theta, own }: Pick<Setting, 'theta' | 'own'>): { rule: Rule; theta: number[] } {
  const names = [...POOL.map(({ name }) => name), 'own'].filter((name) => Object.hasOwn(theta, name));
  const texts = names.map((name) => (name === 'own' ? `own = ${own}` : name));
  return { rule: parseRule(texts), theta: names.map((name) => theta[name]!) };
}

/** The address's part behind #: only what is not as at first. */
export function toHash(setting: Setting): string {
  const parameters = new URLSearchParams();
  const pairs = Object.entries(setting.theta).map(([name, value]) => `${name}:${value}`);
  parameters.set('theta', pairs.join('_'));
  for (const name of ['own', 'feedback', 'depth', 'gain', 'K', 'seed'] as const)
    if (setting[name] !== START[name]) parameters.set(name, String(setting[name]));
  return `#${parameters}`;
}

/** What an address says; what it says wrong is left as it is at first. */
export function fromHash(hash: string): Setting {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const known = new Set([...POOL.map(({ name }) => name), 'own']);
  const own = (parameters.get('own') ?? '').slice(0, 500);
  const pairs = (parameters.get('theta') ?? '').split('_').flatMap((pair): [string, number][] => {
    const [name = '', value = ''] = pair.split(':');
    return known.has(name) && value !== '' && Number.isFinite(Number(value)) ? [[name, Number(value)]] : [];
  });
  const whole = (name: 'depth' | 'K' | 'seed', least: number): number => {
    const value = Number(parameters.get(name) ?? START[name]);
    return Number.isInteger(value) && value >= least && value <= MOST[name] ? value : START[name];
  };
  const gain = Number(parameters.get('gain') ?? 1);
  const theta = Object.fromEntries(pairs.filter(([name]) => name !== 'own' || own !== ''));
  return {
    theta: Object.hasOwn(theta, 'F0') ? theta : START.theta,
    own,
    feedback: FEEDBACKS.find((feedback) => feedback === parameters.get('feedback')) ?? START.feedback,
    depth: whole('depth', 1),
    gain: gain > 0 && gain <= 10 ? gain : 1,
    K: whole('K', 1),
    seed: whole('seed', 0),
  };
}

/** The command that meta-learns from this setting; what it cannot say is said. */
export function commandOf(setting: Setting): string {
  const { theta, own, feedback, depth, K, seed } = setting;
  const others = Object.keys(theta).filter((name) => name !== 'F0' && name !== 'own');
  const initial = [...others, ...(Object.hasOwn(theta, 'own') ? ['own'] : [])].map((name) => `${name}=${theta[name]}`);
  return [
    'npx meta-plasticity --database glyphs',
    ...(others.length > 0 ? [`--vec ${others.join(' ')}`] : []),
    ...(Object.hasOwn(theta, 'own') ? [`--term 'own = ${own.replaceAll("'", '^T')}'`] : []),
    `--a ${theta.F0}`,
    ...(initial.length > 0 ? [`--init ${initial.join(' ')}`] : []),
    ...(feedback === 'fix' ? [] : [`--fbk ${feedback}`]),
    ...(depth === START.depth ? [] : [`--layers ${layersOf(setting).join()}`]),
    ...(K === START.K ? [] : [`--K ${K}`]),
    ...(seed === 1 ? [] : [`--seed ${seed}`]),
  ].join(' ');
}
