import { COMMANDS } from './commands.js';
import type { Manual } from './help.js';

export const trainManual: Manual = {
  usage: [
    ['meta-plasticity [flags]', 'meta-train a plasticity rule'],
    ...Object.entries(COMMANDS).map(([name, [what]]) => [`meta-plasticity ${name}`, what] as const),
  ],
  examples: [
    ['meta-plasticity --fbk sym', 'backpropagation, 600 episodes'],
    ['meta-plasticity --vec 1 2', 'F0 + F2 + F9, as in main.py'],
    ['meta-plasticity --vec F2@2 F9@each', 'F2 in layer 2; F9 in each, apart'],
    ["meta-plasticity --term 'own = y e_pre^T'", 'F0 and a term of your own'],
    ['meta-plasticity --database glyphs', 'data without a download'],
    ['meta-plasticity --resume results/DIR', 'go on where a run stopped'],
  ],
  epilogue:
    'Names in a formula: y e z one (post-synaptic), y_pre e_pre one_pre (pre-synaptic), W, numbers; ' +
    "a space or * is the matrix product, ' or ^T transposes, .* is element-wise, sum(x). A term is post x pre; " +
    'its value, times theta, is added to W after each training image: in all layers (F2, own), in some (F2@2, ' +
    'own@1,3), or in each with a coefficient of its own (F2@each).',
};

export const dataManual: Manual = {
  usage: [
    ['meta-plasticity data fetch', 'download EMNIST, or make the glyphs'],
    ['meta-plasticity data list', 'data sets, and the files in the cache'],
    ['meta-plasticity data verify', 'check and describe a data set'],
    ['meta-plasticity data sheet', 'a PNG of images of each class'],
  ],
  examples: [['meta-plasticity data fetch', 'EMNIST into the cache']],
};
