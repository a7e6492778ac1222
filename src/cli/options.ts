/** Every flag of training in one table: name, default, what it does, and what values it takes. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DATABASES, isNamed } from '../data/open.js';
import { ENGINE_NAMES } from '../engine/create.js';
import { THETA_CHOICES } from '../meta/meta-test.js';
import { L1_METHODS } from '../meta/objective.js';
import { ACTIVATIONS } from '../network/activation.js';
import { FEEDBACK, FEEDBACKS } from '../network/feedback.js';
import { OF_FEEDBACK } from '../plasticity/placement.js';
import { GROUPS, POOL } from '../plasticity/pool.js';
import { PRESETS } from '../plasticity/presets.js';
import {
  assignment,
  type Check,
  clipNorm,
  finiteNumber,
  folderName,
  fraction,
  layerSizes,
  nonNegativeNumber,
  oneOf,
  positiveNumber,
  refuse,
  text,
  wholeNumber,
} from './checks.js';
import { figureOptions } from './figure-options.js';
import { liveOption } from './live-process.js';
import { list, type Options, toggle, type Values, value } from './option.js';
import { poolNames } from './rule.js';
import { UsageError } from './usage-error.js';

/** What is no path at all is none either. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** As an absolute path: a run may be resumed from elsewhere. */
const folder: Check<string> = (given, flag) =>
  isFolder(given) ? resolve(given) : refuse(flag, given, 'an existing folder');

const database: Check<string> = Object.assign(
  (given: string, flag: string) => {
    if (isNamed(given)) return given;
    if (isFolder(given)) return resolve(given);
    return refuse(flag, given, `${DATABASES.join(', ')} or a folder that holds one folder of PNG files per class`);
  },
  { values: DATABASES },
);

const vec = {
  ...list(
    'Rule',
    'terms beside F0: F1 … F9, 1 (eHebb), 2 (Oja), pool, bio; F2@2 F2@1,3 F2@each by layer; for B: B.F0 …, kp (Kolen-Pollack); presets: ' +
      PRESETS.map(({ name }) => name).join(', '),
    text,
    {
      initially: 'none',
      values: [...POOL.map(({ name }) => name), ...Object.keys(GROUPS), ...PRESETS.map(({ name }) => name)],
    },
  ),
  parse: (given: readonly string[], flag: string): string[] => given.flatMap((item) => poolNames(item, flag)),
};

const split = {
  ...list('Task', 'fractions of classes and of images held out for meta-testing', fraction, { initially: '0 0' }),
  initial: [0, 0],
  parse(given: readonly string[], flag: string): number[] {
    if (given.length !== 2) refuse(flag, given.join(' '), 'two fractions from 0 to below 1, like 0.2 0.5');
    return given.map((item) => fraction(item, flag));
  },
};

const init = {
  ...list('Rule', 'initial coefficients, like F2=-0.01 own=0.002', text, { initially: '0' }),
  initial: {} as Record<string, number>,
  parse: (given: readonly string[], flag: string) => assignments(given, flag),
};

const fbkTerm = {
  ...list('Rule', "a term that changes B, with --fbk plastic: 'name = formula'", text, {
    initially: 'none',
    phrase: true,
  }),
  parse: (given: readonly string[], flag: string): string[] =>
    given.map((item) => (item.trim().startsWith(OF_FEEDBACK) ? item.trim() : OF_FEEDBACK + text(item, flag).trim())),
};

const learn = {
  ...list('Rule', 'constants of your formulas that are learned too, and their initial values, like c=0.5', text, {
    initially: 'none',
  }),
  initial: {} as Record<string, number>,
  parse: (given: readonly string[], flag: string) => assignments(given, flag, 'a constant'),
};

const tie = {
  ...list('Rule', "terms that share another's coefficient, like B.F0=F0", text, { initially: 'none' }),
  initial: {} as Record<string, string>,
  parse: (given: readonly string[], flag: string): Record<string, string> =>
    Object.fromEntries(
      given.map((item) => {
        const [name = '', to = '', ...more] = item.split('=').map((part) => part.trim());
        return name && to && more.length === 0 ? [name, to] : refuse(flag, item, 'name=name pairs, like B.F0=F0');
      }),
    ),
};

/** Why terms are scaled and gradients clipped, with numbers: docs/SAFEGUARDS.md. */
const termScale = {
  ...list('Training', 'units that Adam sees large terms in: auto, none, or like F5=0.038 F3=0.13', text, {
    initially: 'auto',
    values: ['auto', 'none'],
  }),
  initial: 'auto' as 'auto' | Record<string, number>,
  parse(given: readonly string[], flag: string): 'auto' | Record<string, number> {
    if (given.length === 1 && given[0] === 'auto') return 'auto';
    if (given.length === 1 && given[0] === 'none') return {};
    const scales = assignments(given, flag);
    const wrong = Object.entries(scales).find(([, scale]) => scale <= 0);
    if (wrong) refuse(flag, wrong.join('='), 'auto, none, or name=number pairs with numbers above 0');
    return scales;
  },
};

function assignments(given: readonly string[], flag: string, what = 'a term'): Record<string, number> {
  const pairs = given.map((item) => assignment(item, flag));
  const twice = pairs.find(([name], i) => pairs.findIndex((pair) => pair[0] === name) < i);
  if (twice) throw new UsageError(`${flag} must name ${what} once, not '${twice[0]}' twice.`);
  return Object.fromEntries(pairs);
}

/** What a run is made of: it is recorded in run.json, and a resumed run takes it from there. */
export const runOptions = {
  vec,
  term: list('Rule', "a term of your own: 'name = formula'", text, { initially: 'none', phrase: true }),
  fbk: value(
    'Rule',
    'fix' as const,
    `feedback: ${FEEDBACKS.map((kind) => `${kind} (${FEEDBACK[kind].help})`)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')}`,
    oneOf(FEEDBACKS),
  ),
  fbk_term: fbkTerm,
  state: list('Rule', "what layers keep from image to image, 0 at first: 'm = 0.9 m + 0.1 y'", text, {
    initially: 'none',
  }),
  learn,
  tie,
  a: value('Rule', 1e-3, "F0's initial coefficient, and B.F0's", finiteNumber),
  init,
  database: value('Task', 'emnist', `data set: ${DATABASES.join(', ')} or a folder of PNG folders`, database),
  data_dir: value('Task', undefined, 'folder with the files of EMNIST or MNIST', folder, {
    initially: 'the cache, else a download',
  }),
  invert: toggle('Task', "a folder's images have dark ink on a light or transparent ground: turn them over"),
  dim: value('Task', 28, 'side of the images in pixels', wholeNumber(1, 256)),
  M: value('Task', 5, 'classes of a task', wholeNumber(1)),
  K: value('Task', 50, 'training images per class', wholeNumber(1)),
  Q: value('Task', 10, 'query images per class', wholeNumber(1)),
  split,
  replacement: toggle('Task', 'draw classes with replacement, as main.py does'),
  first_images: toggle('Task', 'the same K + Q images of a class in every episode, as main.py does'),
  layers: value('Network', undefined, 'layer sizes, input to output', layerSizes, {
    initially: 'dim²,170,130,100,70,classes',
    phrase: true,
  }),
  beta: value('Network', 10, 'sharpness of the softplus', positiveNumber),
  activation: value('Network', ACTIVATIONS[0]!, `of the hidden layers: ${ACTIVATIONS.join(', ')}`, oneOf(ACTIVATIONS)),
  gain: value('Network', 1, 'what the initial weights are drawn times', positiveNumber),
  noise: value('Network', 0, 'z gets so much standard normal noise xi while images are learned', nonNegativeNumber),
  episodes: value('Training', 600, 'episodes, one Adam step each', wholeNumber(1)),
  seed: value('Training', 1, 'everything random follows from it', wholeNumber(0)),
  meta_batch: value('Training', 1, 'tasks averaged for one Adam step', wholeNumber(1)),
  lr_meta: value('Training', 1e-3, "Adam's learning rate", positiveNumber),
  lamb: value('Training', 0, 'weight of the L1 term, lamb * sum |theta / scale|', nonNegativeNumber),
  l1: value('Training', L1_METHODS[0], `how L1 acts: ${L1_METHODS.join(', ')} (exact zeros)`, oneOf(L1_METHODS)),
  clip: value(
    'Training',
    10 as const,
    "clip the cross-entropy's gradient to this norm, off, or auto: off where F0 is alone",
    clipNorm,
    { values: ['auto', 'off'] },
  ),
  term_scale: termScale,
  parity: toggle('Training', "main.py's own ways: no safeguards, tasks drawn as it draws them"),
  engine: value('Training', ENGINE_NAMES[0], `what computes: ${ENGINE_NAMES.join(', ')}`, oneOf(ENGINE_NAMES)),
  relaxed: toggle('Training', 'wasm: relaxed SIMD, faster on some machines, not the same bytes on all'),
  gpu_mode: value(
    'Training',
    1,
    '0: never a GPU; 1: one where --engine tensorflow finds CUDA, the other engines compute on the CPU',
    wholeNumber(0, 1),
    { values: ['0', '1'] },
  ),
  res: value('Results', 'results', 'folder that results land in', text),
  test_name: value('Results', '', "sub-folder for this experiment's runs", folderName, { initially: "''" }),
  ...figureOptions,
} satisfies Options;

/** Which of a run's coefficients are taken from it: the mean, as Adam's steps leave the last ones off by about its rate. */
export const thetaOption = value(
  'Rule',
  THETA_CHOICES[0],
  'coefficients: mean of the last 50 episodes, or last',
  oneOf(THETA_CHOICES),
);

export const noFigures = toggle('Figures', 'draw none: `draw FOLDER` does at any time');

/** How to run, say and continue: nothing of this changes what comes out. */
export const controlOptions = {
  no_figures: noFigures,
  workers: value(
    'Running',
    undefined,
    "threads for a step's tasks, 1: one in all, without a helper; changes no result",
    wholeNumber(1, 256),
    { initially: 'one a task, at most one a core' },
  ),
  live: liveOption,
  resume: value('Running', undefined, 'continue the run in this folder', folder),
  config: value('Running', undefined, 'JSON file of flags; the command line overrides it', text),
} satisfies Options;

export const trainOptions = { ...runOptions, ...controlOptions };

/** A run's settings, by main.py's names. */
export type Settings = Values<typeof runOptions>;
export type TrainValues = Values<typeof trainOptions>;
